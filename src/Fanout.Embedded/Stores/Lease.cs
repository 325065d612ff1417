namespace Fanout.Embedded.Stores;

/// <summary>The right to drive a tree. The epoch grows with every claim, so an old lease can be told from a new one of the same owner.</summary>
internal sealed record Lease(string RootId, string Owner, long Epoch);

/// <summary>A claim to a lease.</summary>
/// <param name="Owner">Who claims it.</param>
/// <param name="Now">A lease that expires at or before this is free.</param>
/// <param name="ExpiresAt">When the new lease expires unless it is renewed.</param>
/// <param name="IsDead">True for an owner that is known to be gone: its lease is free at once.</param>
internal sealed record LeaseClaim(string Owner, DateTimeOffset Now, DateTimeOffset ExpiresAt, Func<string, bool> IsDead);
