using Fanout.Results;

namespace Fanout.Embedded.Tests.Dispatch;

/// <summary>Results as a worker's process writes them, for as long as it lives.</summary>
internal sealed class MortalStore(IResultStore inner, WorkerLife life) : IResultStore
{
    public async ValueTask<IPartWriter> CreatePartAsync(string runId, string name, CancellationToken cancellationToken)
    {
        await life.GoOnAsync();
        return new Writer(await inner.CreatePartAsync(runId, name, cancellationToken), life);
    }

    public ValueTask<Stream> OpenPartAsync(string runId, string name, CancellationToken cancellationToken) => inner.OpenPartAsync(runId, name, cancellationToken);

    public async ValueTask WriteDocumentAsync(string runId, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await life.GoOnAsync();
        await inner.WriteDocumentAsync(runId, name, content, cancellationToken);
    }

    public async ValueTask<bool> TryCreateDocumentAsync(string runId, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await life.GoOnAsync();
        return await inner.TryCreateDocumentAsync(runId, name, content, cancellationToken);
    }

    public ValueTask<byte[]?> ReadDocumentAsync(string runId, string name, CancellationToken cancellationToken) => inner.ReadDocumentAsync(runId, name, cancellationToken);

    public IAsyncEnumerable<string> ListDocumentsAsync(string runId, string prefix, CancellationToken cancellationToken) => inner.ListDocumentsAsync(runId, prefix, cancellationToken);

    public ValueTask DeleteDocumentAsync(string runId, string name, CancellationToken cancellationToken) => inner.DeleteDocumentAsync(runId, name, cancellationToken);

    public ValueTask DeleteRunAsync(string runId, CancellationToken cancellationToken) => inner.DeleteRunAsync(runId, cancellationToken);

    public string Locate(string runId) => inner.Locate(runId);

    private sealed class Writer(IPartWriter inner, WorkerLife life) : IPartWriter
    {
        public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            await life.GoOnAsync();
            await inner.AppendAsync(bytes, cancellationToken);
        }

        public async ValueTask SyncAsync(CancellationToken cancellationToken)
        {
            await life.GoOnAsync();
            await inner.SyncAsync(cancellationToken);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
