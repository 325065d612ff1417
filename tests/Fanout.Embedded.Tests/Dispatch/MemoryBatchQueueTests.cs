using Fanout.Conformance.Dispatch;
using Fanout.Dispatch;
using Microsoft.Extensions.Time.Testing;

namespace Fanout.Embedded.Tests.Dispatch;

public sealed class MemoryBatchQueueTests : BatchQueueContract
{
    protected override Task<IBatchQueueRig> OpenAsync() => Task.FromResult<IBatchQueueRig>(new Rig());

    private sealed class Rig : IBatchQueueRig
    {
        private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
        private readonly MemoryBatchQueue _queue;

        public Rig() => _queue = new MemoryBatchQueue(_time);

        public IBatchQueue Queue => _queue;

        public IBatchCompletions Completions => _queue;

        public Task PassAsync(TimeSpan time)
        {
            _time.Advance(time);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
