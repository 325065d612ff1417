using System.Collections.Concurrent;
using System.Threading.Channels;
using Fanout.Runs;

namespace Fanout.Tests.Runs;

/// <summary>Drives nothing: says which runs it was to drive, in order, and lets the test end each.</summary>
internal sealed class FakeDriver(TimeProvider time) : IRunDriver
{
    private readonly Channel<Driving> _begun = Channel.CreateUnbounded<Driving>();
    private readonly ConcurrentDictionary<string, RunProgress> _progress = new(StringComparer.Ordinal);
    private int _now;

    /// <summary>The most at once.</summary>
    public int Most { get; private set; }

    /// <summary>The next drive that begins.</summary>
    public Task<Driving> NextAsync() => _begun.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>True: a drive has begun that was not asked for with <see cref="NextAsync"/>.</summary>
    public bool HasMore => _begun.Reader.Count > 0;

    public void Show(string runId, string waitingFor) => _progress[runId] = new RunProgress { WaitingFor = waitingFor };

    public async Task<RunReport?> DriveAsync(string runId, CancellationToken stop, CancellationToken abort)
    {
        lock (_begun)
            Most = Math.Max(Most, ++_now);
        var driving = new Driving(runId, time.GetUtcNow(), stop);
        _begun.Writer.TryWrite(driving);
        try
        {
            return await driving.End.Task;
        }
        finally
        {
            lock (_begun)
                _now--;
        }
    }

    public RunProgress? Observe(string runId) => _progress.GetValueOrDefault(runId);

    public Task<RunReport> WaitAsync(string runId, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>One drive.</summary>
    internal sealed record Driving(string RunId, DateTimeOffset Began, CancellationToken Stop)
    {
        public TaskCompletionSource<RunReport?> End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Succeed() => End.SetResult(new RunReport
        {
            RunId = RunId,
            Status = RunStatus.Succeeded,
            Reason = CompletionReason.AllItemsSucceeded,
            Tally = Tally.Zero,
        });

        public void Fail(Exception failure) => End.SetException(failure);

        /// <summary>Hands the run back when it is told to stop.</summary>
        public async Task LetGoAsync()
        {
            var stopped = new TaskCompletionSource();
            await using var registration = Stop.Register(stopped.SetResult);
            await stopped.Task.WaitAsync(TimeSpan.FromSeconds(30));
            End.SetResult(null);
        }
    }
}
