using Fanout.Dispatch;

namespace Fanout.Conformance.Dispatch;

/// <summary>A queue of batches and where their results arrive, empty, with a clock of their own.</summary>
public interface IBatchQueueRig : IAsyncDisposable
{
    /// <summary>Where batches are sent.</summary>
    IBatchQueue Queue { get; }

    /// <summary>Where their results arrive.</summary>
    IBatchCompletions Completions { get; }

    /// <summary>Lets so much time pass for the queue.</summary>
    Task PassAsync(TimeSpan time);
}
