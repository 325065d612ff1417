using Fanout.Announcing;
using Fanout.Runs;

namespace Fanout.Orchestration;

/// <summary>Input of the activity that makes one attempt to tell that a run has ended.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Channel">In which way.</param>
/// <param name="Attempt">Which attempt it is, from 1.</param>
public sealed record AnnounceInput(string RunId, AnnouncementChannel Channel, int Attempt);

/// <summary>What came of an attempt.</summary>
/// <param name="Failure">What went wrong, without secrets; null: it was told.</param>
/// <param name="IsFinal">True: another attempt would end in the same way.</param>
/// <param name="RetryAfter">How long the receiver asks to be left alone; null: it does not say.</param>
public sealed record AnnounceResult(string? Failure, bool IsFinal = false, TimeSpan? RetryAfter = null)
{
    /// <summary>It was told.</summary>
    public static AnnounceResult Delivered { get; } = new(Failure: null);
}

/// <summary>Input of the activity that records what became of it in the end.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Announcement">What became of it.</param>
public sealed record SettleAnnouncementInput(string RunId, RunAnnouncement Announcement);
