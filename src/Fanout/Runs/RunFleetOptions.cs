namespace Fanout.Runs;

/// <summary>How a fleet drives.</summary>
public sealed record RunFleetOptions
{
    /// <summary>Runs driven at once, 1 to 1,000; the others wait. Default: 16.</summary>
    public int AtOnce { get; init; } = 16;

    /// <summary>How often it looks for runs that nobody drives, while it has room for one. Default: 3 s.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a run is left alone whose driving failed; twice as long each time. Default: 1 s.</summary>
    public TimeSpan ShortestSetback { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long at most. Default: 1 min.</summary>
    public TimeSpan LongestSetback { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Called when a run has ended that was driven here. It must not throw. Default: nobody is told.</summary>
    public Action<RunReport> OnEnded { get; init; } = static _ => { };

    /// <summary>Called when driving a run failed, which is tried again. It must not throw. Default: nobody is told.</summary>
    public Action<string, Exception> OnSetBack { get; init; } = static (_, _) => { };
}
