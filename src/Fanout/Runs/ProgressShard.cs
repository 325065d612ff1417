namespace Fanout.Runs;

/// <summary>What one of those who count says of a run: its own part, never another's.</summary>
/// <param name="Shard">Who counts: <see cref="Coordinator"/>, or a lane such as <c>lane 3</c>.</param>
/// <param name="Progress">What it counted over the whole run so far, and what it does now.</param>
public sealed record ProgressShard(string Shard, RunProgress Progress)
{
    /// <summary>The shard of the process that drives the run: empty. It alone knows the run's total and its allotment.</summary>
    public const string Coordinator = "";

    /// <summary>How long a shard tells what is going on now without being renewed: 10 s. What it counted stays counted.</summary>
    public static TimeSpan FreshFor { get; } = TimeSpan.FromSeconds(10);

    /// <summary>True: whoever counts is still at it.</summary>
    public bool IsFresh(DateTimeOffset now) => Progress.At > now - FreshFor;

    /// <summary>A lane's shard.</summary>
    public static string OfLane(int lane) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"lane {lane}");
}
