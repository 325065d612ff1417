using Fanout.Azure.Queues;
using Fanout.Azure.Tests.Support;
using Fanout.Conformance.Dispatch;
using Fanout.Dispatch;
using Xunit;

namespace Fanout.Azure.Tests.Queues;

/// <summary>What every queue of batches promises, kept by one of an account. Its clock is the service's: time passes as it does.</summary>
[Trait("Category", Categories.Azurite)]
public sealed class AzureBatchQueueContractTests : BatchQueueContract
{
    protected override async Task<IBatchQueueRig> OpenAsync() => new Rig((await Azurite.SharedAsync()).NewHub());

    private sealed class Rig(AzureStorage hub) : IBatchQueueRig
    {
        public IBatchQueue Queue { get; } = new AzureBatchQueue(hub);

        public IBatchCompletions Completions { get; } = new AzureBatchCompletions(hub);

        public Task PassAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
