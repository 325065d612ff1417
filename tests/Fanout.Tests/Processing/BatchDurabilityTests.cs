using System.Text.Json;
using Fanout.Processing;
using Fanout.Results;
using Fanout.Serialization;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Processing;

/// <summary>What a batch says is durable is: whatever the moment of a crash, its newest checkpoint counts nothing that is not there, and forgets nothing.</summary>
public sealed class BatchDurabilityTests
{
    private const int Items = 400;

    [Fact]
    public async Task EveryCheckpoint_CountsOnlyWhatIsSynced()
    {
        var store = await WorkAsync();
        Assert.True(store.Checkpoints.Count > 3, "Too few checkpoints to tell.");
        foreach (var (checkpoint, synced) in store.Checkpoints)
        {
            Assert.InRange(checkpoint.Parts.Sum(part => part.Length), 0, synced);
            Assert.Equal(checkpoint.Tally.Settled, checkpoint.Parts.Sum(part => part.Items));
        }
    }

    [Fact]
    public async Task EveryCheckpoint_KnowsOfEachItemThatWasTaken()
    {
        var store = await WorkAsync();
        Assert.Contains(store.Checkpoints, written => written.Checkpoint.Unsettled.Count > 0);
        foreach (var (checkpoint, _) in store.Checkpoints)
        {
            Assert.Equal(checkpoint.Next, checkpoint.Tally.Settled + checkpoint.Unsettled.Count);
            Assert.Equal(checkpoint.Unsettled.Count, checkpoint.Unsettled.DistinctBy(item => item.Index).Count());
        }
    }

    // Handlers take their time, and every seventh item has to be tried again: at each checkpoint some are in flight and some wait.
    private static async Task<RecordingStore> WorkAsync()
    {
        var time = new FakeTimeProvider();
        var directory = Directory.CreateTempSubdirectory("fanout-durability-");
        var store = new RecordingStore(new FileResultStore(directory.FullName));
        var failure = new FailureSpec { Retry = new RetrySpec { MaxAttempts = 2, FirstDelay = TimeSpan.FromMilliseconds(300), Jitter = false } };
        await using (var rig = new BatchRig(
            BatchRig.Range(Items, new FlowSpec { Concurrency = 8 }, failure, new BatchSpec { Slice = TimeSpan.FromMinutes(5), Checkpoint = TimeSpan.FromMilliseconds(200) }),
            async (context, cancellationToken) =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(40), time, cancellationToken);
                return context is { Attempt: 1, Index: var index } && index % 7 == 3 ? throw new InvalidOperationException("again") : "1";
            },
            time,
            results: store))
        {
            var work = rig.WorkAsync(0, Items);
            while (!work.IsCompleted)
            {
                time.Advance(TimeSpan.FromMilliseconds(10));
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            }

            Assert.Equal(Items, (await work).Tally.Succeeded);
        }

        directory.Delete(recursive: true);
        return store;
    }

    /// <summary>Notes, of every checkpoint that is written, how much of the parts had been synced by then.</summary>
    private sealed class RecordingStore(IResultStore inner) : IResultStore
    {
        private long _appended;
        private long _synced;

        public List<(BatchCheckpoint Checkpoint, long Synced)> Checkpoints { get; } = [];

        public bool WritesAreFree => true;

        public async ValueTask<IPartWriter> CreatePartAsync(string runId, string name, CancellationToken cancellationToken) =>
            new Writer(this, await inner.CreatePartAsync(runId, name, cancellationToken));

        public ValueTask<Stream> OpenPartAsync(string runId, string name, CancellationToken cancellationToken) => inner.OpenPartAsync(runId, name, cancellationToken);

        public ValueTask WriteDocumentAsync(string runId, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        {
            if (name.StartsWith("lanes/", StringComparison.Ordinal))
                Checkpoints.Add((JsonSerializer.Deserialize<BatchCheckpoint>(content.Span, FanoutJson.Options)!, _synced));
            return inner.WriteDocumentAsync(runId, name, content, cancellationToken);
        }

        public ValueTask<bool> TryCreateDocumentAsync(string runId, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
            inner.TryCreateDocumentAsync(runId, name, content, cancellationToken);

        public ValueTask<byte[]?> ReadDocumentAsync(string runId, string name, CancellationToken cancellationToken) => inner.ReadDocumentAsync(runId, name, cancellationToken);

        public IAsyncEnumerable<string> ListDocumentsAsync(string runId, string prefix, CancellationToken cancellationToken) => inner.ListDocumentsAsync(runId, prefix, cancellationToken);

        public ValueTask DeleteDocumentAsync(string runId, string name, CancellationToken cancellationToken) => inner.DeleteDocumentAsync(runId, name, cancellationToken);

        public ValueTask DeleteRunAsync(string runId, CancellationToken cancellationToken) => inner.DeleteRunAsync(runId, cancellationToken);

        public string Locate(string runId) => inner.Locate(runId);

        private sealed class Writer(RecordingStore store, IPartWriter part) : IPartWriter
        {
            public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
            {
                await part.AppendAsync(bytes, cancellationToken);
                store._appended += bytes.Length;
            }

            public async ValueTask SyncAsync(CancellationToken cancellationToken)
            {
                await part.SyncAsync(cancellationToken);
                store._synced = store._appended;
            }

            public ValueTask DisposeAsync() => part.DisposeAsync();
        }
    }
}
