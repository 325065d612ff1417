namespace Fanout.Runs;

/// <summary>What became of telling the world that a run has ended (<c>onComplete</c>).</summary>
/// <param name="Status">Whether it was told.</param>
/// <param name="Message">Why it was not, or not yet; null: nothing failed.</param>
public sealed record RunAnnouncement(AnnouncementStatus Status, string? Message = null)
{
    /// <summary>Nothing was tried yet.</summary>
    public static RunAnnouncement Pending { get; } = new(AnnouncementStatus.Pending);
}

/// <summary>Whether the world was told that a run has ended.</summary>
public enum AnnouncementStatus
{
    /// <summary>Not yet: the run has not ended, or it is still being tried.</summary>
    Pending,

    /// <summary>Everyone the spec names was told.</summary>
    Announced,

    /// <summary>It was given up for at least one of those the spec names.</summary>
    NotAnnounced,
}
