namespace Fanout;

/// <summary>Base of every error Fanout reports on purpose: its message is meant for the person who asked.</summary>
public abstract class FanoutException : Exception
{
    private protected FanoutException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}

/// <summary>A spec was refused.</summary>
/// <param name="errors">What is wrong, at least one.</param>
public sealed class SpecException(IReadOnlyList<SpecError> errors)
    : FanoutException(string.Join(Environment.NewLine, errors.Select(e => e.ToString())))
{
    /// <summary>What is wrong, in the order of the document.</summary>
    public IReadOnlyList<SpecError> Errors { get; } = errors;
}

/// <summary>One thing wrong with a spec.</summary>
/// <param name="Pointer">The field as a JSON pointer (RFC 6901), such as <c>/flow/concurrency</c>.</param>
/// <param name="Value">The refused value as JSON, cut to 100 characters; null when the field is absent.</param>
/// <param name="Problem">What is wrong and what is allowed.</param>
/// <param name="Remedy">What to do.</param>
public sealed record SpecError(string Pointer, string? Value, string Problem, string Remedy)
{
    /// <inheritdoc/>
    public override string ToString() =>
        ToString(Pointer.Length == 0 ? "spec" : Pointer);

    /// <summary>The error as one line about <paramref name="subject"/>, which stands in for the pointer: a flag's name, say.</summary>
    public string ToString(string subject) =>
        Value is null ? $"{subject}: {Problem} {Remedy}" : $"{subject}: {Value} {Problem} {Remedy}";
}

/// <summary>A source is missing, unreadable, or not what it was when the run began.</summary>
/// <param name="message">Which source, what happened, what to do.</param>
/// <param name="innerException">The cause, if any.</param>
public sealed class SourceException(string message, Exception? innerException = null) : FanoutException(message, innerException);

/// <summary>A run was asked for that does not exist, exists with another spec, or is in a state that does not allow the request.</summary>
/// <param name="runId">The run.</param>
/// <param name="message">What was asked, why it cannot be, what to do.</param>
public sealed class RunException(string runId, string message) : FanoutException(message)
{
    /// <summary>The run's id.</summary>
    public string RunId { get; } = runId;

    /// <summary>True: there is no such run. Default: false, it is there and does not allow the request.</summary>
    public bool IsMissing { get; init; }
}

/// <summary>A limit was asked for that does not exist, or that runs still need.</summary>
/// <param name="limit">The limit's name.</param>
/// <param name="message">What was asked, why it cannot be, what to do.</param>
public sealed class LimitException(string limit, string message) : FanoutException(message)
{
    /// <summary>The limit's name.</summary>
    public string Limit { get; } = limit;

    /// <summary>True: there is no such limit. Default: false, it is there and does not allow the request.</summary>
    public bool IsMissing { get; init; }
}

/// <summary>The home (database, results directory, storage account) cannot be used: disk full, read-only, corrupt, written by a newer version, or away.</summary>
/// <param name="message">Where, what happened, what to do.</param>
/// <param name="innerException">The cause, if any.</param>
public sealed class StorageException(string message, Exception? innerException = null) : FanoutException(message, innerException)
{
    /// <summary>
    /// True: it is a service that failed, which may work again without anybody's doing, so that a run that is under way had better wait. Default: false,
    /// as of a full disk, which waiting does not mend.
    /// </summary>
    public bool MayPass { get; init; }
}

/// <summary>A Fanout server could not be reached, failed, or refused a request for a reason of its own: the key, how much is asked of it.</summary>
/// <param name="message">Which server, what happened, what to do.</param>
/// <param name="status">The HTTP status it answered with; null: it did not answer, or not as a Fanout server does.</param>
/// <param name="innerException">The cause, if any.</param>
public sealed class RemoteException(string message, int? status = null, Exception? innerException = null) : FanoutException(message, innerException)
{
    /// <summary>The HTTP status it answered with; null: it did not answer, or not as a Fanout server does.</summary>
    public int? Status { get; } = status;

    /// <summary>True: it may work again without anybody's doing, so that whoever waits for a run had better go on waiting. Default: false.</summary>
    public bool MayPass { get; init; }
}
