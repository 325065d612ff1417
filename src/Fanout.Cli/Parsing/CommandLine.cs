using System.CommandLine;
using System.CommandLine.Help;
using Fanout.Cli.Commands;

namespace Fanout.Cli.Parsing;

/// <summary>The whole command line: words in, exit code out.</summary>
internal static class CommandLine
{
    private static readonly ParserConfiguration Configuration = new()
    {
        EnablePosixBundling = false, // -ab is an item like any other.
        ResponseFileTokenReplacer = null, // And so is @x.
    };

    /// <summary>Runs one command.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CliEnvironment environment)
    {
        var (own, exec) = ExecSplit.Split(args);
        var flags = new GeneralFlags();
        var root = CreateRoot(flags);
        AddCommands(root, AllCommands.Create(flags), (parse, run) =>
        {
            var context = new CommandContext(environment, parse, flags, exec);
            return ErrorBoundary.RunAsync(context, () => run(context));
        });
        AddHelpAndVersion(root, flags, environment);
        var parse = root.Parse(own, Configuration);
        if (parse.Action is PrintAction { WhateverIsWrong: true } help)
            return help.Invoke(parse);
        var errors = ParseErrors.Describe(parse);
        if (errors.Count == 0 && exec is not null && parse.CommandResult.Command is not CliCommand { TakesExec: true })
            errors = ["--: only run, plan and redrive take a command after --."];
        if (errors.Count > 0)
            return Refuse(errors, environment);
        return await parse.InvokeAsync(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null, // StopSignals handles them.
            Output = environment.Output,
            Error = environment.Error,
        });
    }

    private static RootCommand CreateRoot(GeneralFlags flags)
    {
        var root = new RootCommand("Runs one handler over many items: bounded, paced, retried, resumable.");
        root.Options.Clear();
        root.Directives.Clear();
        root.Options.Add(flags.Home);
        root.Options.Add(flags.Storage);
        root.Options.Add(flags.Hub);
        root.Options.Add(flags.AtServer.Server);
        root.Options.Add(flags.AtServer.KeyFrom);
        root.Options.Add(flags.Quiet);
        return root;
    }

    private static void AddCommands(
        Command parent, IEnumerable<CommandDefinition> commands, Func<ParseResult, Func<CommandContext, Task<int>>, Task<int>> invoke)
    {
        foreach (var definition in commands)
        {
            definition.Command.SetAction((parse, _) => invoke(parse, definition.RunAsync));
            parent.Subcommands.Add(definition.Command);
            AddCommands(definition.Command, definition.Subcommands, invoke);
        }
    }

    private static void AddHelpAndVersion(RootCommand root, GeneralFlags flags, CliEnvironment environment)
    {
        var name = environment.ProgramName;
        var help = new PrintAction(environment.Output, parse => parse.CommandResult.Command is CliCommand command
            ? HelpText.ForCommand(name, command, environment.Width)
            : HelpText.ForProgram(name, root, flags, environment.Width));
        root.Options.Add(new HelpOption("--help", "-h") { Action = help });
        root.Options.Add(new VersionOption { Action = new PrintAction(environment.Output, _ => $"{name} {environment.Version}{Environment.NewLine}") });
        root.Action = new PrintAction(environment.Output, parse => HelpText.ForProgram(name, root, flags, environment.Width), whateverIsWrong: false);
    }

    private static int Refuse(IEnumerable<string> errors, CliEnvironment environment)
    {
        foreach (var error in errors)
            environment.Error.WriteLine($"{environment.ProgramName}: {error}");
        return ExitCodes.Refused;
    }
}
