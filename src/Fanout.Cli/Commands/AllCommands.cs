using Fanout.Cli.Parsing;

namespace Fanout.Cli.Commands;

/// <summary>Every subcommand, in the order help shows them.</summary>
internal static class AllCommands
{
    /// <summary>Makes them.</summary>
    public static IEnumerable<CommandDefinition> Create(GeneralFlags flags) =>
    [
        RunCommand.Create(flags),
        PlanCommand.Create(flags),
        StatusCommand.Create(flags),
        ListCommand.Create(flags),
        ResultsCommand.Create(flags),
        PauseCommand.Create(flags),
        ResumeCommand.Create(flags),
        CancelCommand.Create(flags),
        RetuneCommand.Create(flags),
        RedriveCommand.Create(flags),
        PurgeCommand.Create(flags),
        LimitCommand.Create(flags),
        CoordinateCommand.Create(flags),
        WorkerCommand.Create(flags),
        ServeCommand.Create(flags),
        KeyCommand.Create(flags),
        ProfileCommand.Create(flags),
        DoctorCommand.Create(flags),
        SchemaCommand.Create(),
    ];
}

/// <summary>A subcommand: how it is typed, and what it does.</summary>
/// <param name="Command">How it is typed.</param>
/// <param name="RunAsync">What it does; the result is the exit code.</param>
internal sealed record CommandDefinition(CliCommand Command, Func<CommandContext, Task<int>> RunAsync)
{
    /// <summary>Commands of its own, typed after its name. Default: none.</summary>
    public IReadOnlyList<CommandDefinition> Subcommands { get; init; } = [];
}
