namespace Fanout.Embedded.Storage;

/// <summary>Work for the writer's thread.</summary>
internal abstract class SqliteWork
{
    /// <summary>True: when it comes back it survives a loss of power. False: along with the next that does.</summary>
    public required bool IsSynced { get; init; }

    /// <summary>Does it, keeping the result for <see cref="Publish"/>.</summary>
    public abstract void Run(SqliteSession session);

    /// <summary>It is committed: whoever waits gets the result.</summary>
    public abstract void Publish();

    /// <summary>Nothing of it happened: whoever waits gets the error.</summary>
    public abstract void Fail(Exception exception);
}

/// <inheritdoc cref="SqliteWork"/>
internal sealed class SqliteWork<T>(Func<SqliteSession, T> work) : SqliteWork
{
    private readonly TaskCompletionSource<T> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Result => _source.Task;

    public override void Run(SqliteSession session) => _result = work(session);

    public override void Publish() => _source.SetResult(_result!);

    public override void Fail(Exception exception) => _source.SetException(exception);
}
