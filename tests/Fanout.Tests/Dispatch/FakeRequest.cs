using Fanout.Dispatch;

namespace Fanout.Tests.Dispatch;

/// <summary>A request, and what became of it.</summary>
internal sealed class FakeRequest(string id, string spec, long count = 1) : IRequestDelivery
{
    private readonly TaskCompletionSource<string> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _renewedTwice = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _renewals;

    public string Id => id;

    public long Count => count;

    /// <summary>What reading it comes to; the default is its spec.</summary>
    public Func<Task<RequestText>> OnRead { get; set; } = () => Task.FromResult(new RequestText(spec));

    /// <summary>True: another has received it.</summary>
    public bool IsLost { get; set; }

    /// <summary><c>done</c>, <c>released</c>, or the reason why it was put aside.</summary>
    public Task<string> EndAsync() => _end.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public bool HasEnded => _end.Task.IsCompleted;

    public Task RenewedTwiceAsync() => _renewedTwice.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public Task<RequestText> ReadAsync(CancellationToken cancellationToken) => OnRead();

    public Task<bool> RenewAsync(TimeSpan visibility, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _renewals) == 2)
            _renewedTwice.SetResult();
        return Task.FromResult(!IsLost);
    }

    public Task CompleteAsync(CancellationToken cancellationToken) => End("done");

    public Task RejectAsync(string reason, CancellationToken cancellationToken) => End(reason);

    public Task ReleaseAsync(CancellationToken cancellationToken) => End("released");

    private Task End(string how)
    {
        _end.TrySetResult(how);
        return Task.CompletedTask;
    }
}
