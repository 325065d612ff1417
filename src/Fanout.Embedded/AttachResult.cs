namespace Fanout.Embedded;

/// <summary>The answer to a request to drive an instance here.</summary>
/// <param name="Status">What came of it.</param>
/// <param name="HeldBy">Who drives it, as <c>host:pid</c>, when somebody else does.</param>
public sealed record AttachResult(AttachStatus Status, string? HeldBy = null);

/// <summary>What came of a request to drive an instance here.</summary>
public enum AttachStatus
{
    /// <summary>It is driven here now.</summary>
    Attached,

    /// <summary>Another process (or another engine of this one) drives it.</summary>
    HeldElsewhere,

    /// <summary>There is no such root instance.</summary>
    NotFound,

    /// <summary>It has ended, and so have its sub-orchestrations.</summary>
    Ended,
}
