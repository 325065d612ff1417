namespace Fanout.Processing;

/// <summary>When handlers are to stop.</summary>
/// <param name="Cancelled">Their own token: cancelled when items in flight are to be cancelled.</param>
/// <param name="Abandoned">Cancelled some time after it: handlers that did not obey are not waited for any longer.</param>
internal readonly record struct HandlerTokens(CancellationToken Cancelled, CancellationToken Abandoned);
