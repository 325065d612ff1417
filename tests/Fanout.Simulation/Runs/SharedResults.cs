using System.Runtime.CompilerServices;
using Fanout.Results;

namespace Fanout.Simulation.Runs;

/// <summary>Results that all processes share. An append of a process that dies may be torn.</summary>
internal sealed class SharedResults
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Run, string Name), MemoryStream> _parts = [];
    private readonly Dictionary<(string Run, string Name), byte[]> _documents = [];

    /// <summary>The store as one process sees it.</summary>
    public IResultStore For(SimulatedProcess process, TimeProvider clock, Faults faults) => new View(this, process, clock, faults);

    private sealed class View(SharedResults all, SimulatedProcess process, TimeProvider clock, Faults faults) : IResultStore
    {
        public bool WritesAreFree => true;

        public ValueTask<IPartWriter> CreatePartAsync(string runId, string name, CancellationToken cancellationToken) => new(faults.CallAsync(process, clock, () =>
        {
            lock (all._lock)
                return all._parts.TryAdd((runId, name), new MemoryStream()) ? Task.FromResult<IPartWriter>(new Writer(this, (runId, name))) : throw new StorageException($"There is a part '{name}'.");
        }, name));

        public ValueTask<Stream> OpenPartAsync(string runId, string name, CancellationToken cancellationToken) => new(faults.CallAsync(process, clock, () =>
        {
            lock (all._lock)
                return all._parts.TryGetValue((runId, name), out var part) ? Task.FromResult<Stream>(new MemoryStream(part.ToArray())) : throw new StorageException($"There is no part '{name}'.");
        }, name));

        public ValueTask WriteDocumentAsync(string runId, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => new(faults.CallAsync(process, clock, () =>
        {
            lock (all._lock)
                all._documents[(runId, name)] = content.ToArray();
            return Task.CompletedTask;
        }, name));

        public ValueTask<bool> TryCreateDocumentAsync(string runId, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => new(faults.CallAsync(process, clock, () =>
        {
            lock (all._lock)
                return Task.FromResult(all._documents.TryAdd((runId, name), content.ToArray()));
        }, name));

        public ValueTask<byte[]?> ReadDocumentAsync(string runId, string name, CancellationToken cancellationToken) => new(faults.CallAsync(process, clock, () =>
        {
            lock (all._lock)
                return Task.FromResult(all._documents.GetValueOrDefault((runId, name)));
        }, name));

        public async IAsyncEnumerable<string> ListDocumentsAsync(string runId, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var names = await faults.CallAsync(process, clock, () =>
            {
                lock (all._lock)
                    return Task.FromResult(all._documents.Keys.Where(key => key.Run == runId && key.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(key => key.Name).ToList());
            });
            foreach (var name in names)
                yield return name;
        }

        public ValueTask DeleteDocumentAsync(string runId, string name, CancellationToken cancellationToken) => new(faults.CallAsync(process, clock, () =>
        {
            lock (all._lock)
                all._documents.Remove((runId, name));
            return Task.CompletedTask;
        }, name));

        public ValueTask DeleteRunAsync(string runId, CancellationToken cancellationToken) => throw new NotSupportedException("No run is purged.");

        public string Locate(string runId) => runId;

        public Task AppendAsync((string, string) part, ReadOnlyMemory<byte> bytes) => faults.CallAsync(process, clock, async () =>
        {
            var torn = faults.Happens(0.002);
            lock (all._lock)
                all._parts[part].Write(bytes.Span[..(torn ? faults.Next(bytes.Length) : bytes.Length)]);
            if (torn)
                await faults.DieAsync<bool>(process, "in an append", part.Item2);
        }, part.Item2);

        public Task SyncAsync() => faults.CallAsync(process, clock, () => Task.CompletedTask);
    }

    private sealed class Writer(View view, (string, string) part) : IPartWriter
    {
        public ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => new(view.AppendAsync(part, bytes));

        public ValueTask SyncAsync(CancellationToken cancellationToken) => new(view.SyncAsync());

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
