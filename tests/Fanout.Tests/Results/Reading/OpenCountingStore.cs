using Fanout.Results;

namespace Fanout.Tests.Results.Reading;

/// <summary>Counts the parts that are open.</summary>
internal sealed class OpenCountingStore(IResultStore inner) : IResultStore
{
    public int Open { get; private set; }

    public int MostOpen { get; private set; }

    public async ValueTask<Stream> OpenPartAsync(string runId, string name, CancellationToken cancellationToken)
    {
        var stream = await inner.OpenPartAsync(runId, name, cancellationToken);
        MostOpen = Math.Max(MostOpen, ++Open);
        return new CountedStream(stream, () => Open--);
    }

    public ValueTask<IPartWriter> CreatePartAsync(string runId, string name, CancellationToken cancellationToken) => inner.CreatePartAsync(runId, name, cancellationToken);

    public ValueTask WriteDocumentAsync(string runId, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        inner.WriteDocumentAsync(runId, name, content, cancellationToken);

    public ValueTask<bool> TryCreateDocumentAsync(string runId, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        inner.TryCreateDocumentAsync(runId, name, content, cancellationToken);

    public ValueTask<byte[]?> ReadDocumentAsync(string runId, string name, CancellationToken cancellationToken) => inner.ReadDocumentAsync(runId, name, cancellationToken);

    public IAsyncEnumerable<string> ListDocumentsAsync(string runId, string prefix, CancellationToken cancellationToken) =>
        inner.ListDocumentsAsync(runId, prefix, cancellationToken);

    public ValueTask DeleteDocumentAsync(string runId, string name, CancellationToken cancellationToken) => inner.DeleteDocumentAsync(runId, name, cancellationToken);

    public ValueTask DeleteRunAsync(string runId, CancellationToken cancellationToken) => inner.DeleteRunAsync(runId, cancellationToken);

    public string Locate(string runId) => inner.Locate(runId);

    private sealed class CountedStream(Stream stream, Action closed) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => stream.Length;

        public override long Position { get => stream.Position; set => stream.Position = value; }

        public override int Read(byte[] buffer, int offset, int count) => stream.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => stream.ReadAsync(buffer, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => stream.Seek(offset, origin);

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => stream.Flush();

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await stream.DisposeAsync();
            closed();
        }
    }
}
