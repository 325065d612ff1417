using System.CommandLine;
using System.Globalization;
using Fanout.Cli.Parsing;
using Fanout.Cli.Profiling;

namespace Fanout.Cli.Commands;

/// <summary><c>profile</c>: what the process that drives a run spends its time or memory on.</summary>
/// <remarks>What records and reads traces is touched only when the command runs: loading it would slow down every other.</remarks>
internal static class ProfileCommand
{
    private const int DefaultSeconds = 10;
    private const int MostSeconds = 3_600;
    private const int MostSecondsAtServer = 120;

    public static CommandDefinition Create(GeneralFlags flags)
    {
        var run = RunArgument.Create(required: false);
        var process = new Option<string?>("--pid") { Description = "Any .NET process of this machine, in place of the one that drives RUN", HelpName = "N" };
        var seconds = new SecondsFlag("How long to record", DefaultSeconds, MostSeconds);
        var output = new Option<string?>("--out") { Description = "Where to write: a directory, or a file's name without its ending (default: named by run and time, in the current directory)", HelpName = "PATH" };
        Option<bool>[] kinds =
        [
            new("--cpu") { Description = "Where managed code runs (the default)", Arity = ArgumentArity.Zero },
            new("--alloc") { Description = "Where memory is allocated", Arity = ArgumentArity.Zero },
            new("--locks") { Description = "Where threads wait for locks", Arity = ArgumentArity.Zero },
        ];
        var command = new CliCommand("profile", "Record what the process that drives a run does, as a trace and a flame graph.")
        {
            Synopsis = "RUN|--pid N [--cpu|--alloc|--locks] [--seconds N] [--out PATH]",
            Details = "It needs nothing in the program and slows it down a little while it records. Ctrl+C ends it early and writes what there is. With --server the server records itself, if it was started with --allow-profile.",
            Examples =
            [
                ("nightly", "10 s of what its handlers spend processor time on"),
                ("nightly --alloc --seconds 30 --out profiles/", "who allocates, over half a minute"),
            ],
        };
        command.Arguments.Add(run);
        command.Add(new FlagGroup("What", [process, .. kinds, seconds.Option, output]));
        command.Add(flags.Group(GeneralFlags.CreateJson()));
        return new CommandDefinition(command, context => ProfileRequest.RunAsync(context, new ProfileRequest
        {
            RunId = context.Parse.GetValue(run),
            ProcessId = ReadProcess(context.Parse.GetValue(process)),
            Kind = ReadKind(context, kinds),
            Duration = seconds.Read(context),
            Output = context.Parse.GetValue(output),
        }.Checked(context, MostSecondsAtServer)));
    }

    private static int? ReadProcess(string? text)
    {
        if (text is null)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0
            ? id
            : throw new UsageException($"--pid: \"{text}\" is no process id. Give a number, as ps shows it.");
    }

    private static string ReadKind(CommandContext context, IEnumerable<Option<bool>> kinds)
    {
        var given = kinds.Where(option => context.Parse.GetValue(option)).Select(option => option.Name).ToList();
        return given.Count <= 1
            ? (given.FirstOrDefault() ?? "--cpu").TrimStart('-')
            : throw new UsageException($"{given[0]} and {given[1]}: one profile is of one kind. Give one of them.");
    }
}
