namespace Fanout.Telemetry;

/// <summary>The names of Fanout's spans.</summary>
public static class SpanNames
{
    /// <summary>A command of the command line that starts or drives a run, from start to end.</summary>
    public const string Command = "fanout.command";

    /// <summary>A run, for as long as one process drives it.</summary>
    public const string Run = "fanout.run";

    /// <summary>A branch of a run, for as long as one process drives it.</summary>
    public const string Branch = "fanout.branch";

    /// <summary>One execution of a batch.</summary>
    public const string Batch = "fanout.batch";

    /// <summary>One attempt at an item; of a sample of them (<see cref="ItemSampling"/>).</summary>
    public const string Item = "fanout.item";

    /// <summary>The handler's part of that.</summary>
    public const string Handler = "fanout.handler";

    /// <summary>What an orchestration decided in a turn, on its way into the store.</summary>
    public const string Commit = "fanout.commit";
}
