namespace Fanout.Azure.Tests.Support;

/// <summary>The beginning of an answer's body, behind which its connection breaks.</summary>
internal sealed class CutOffStream(byte[] beginning) : MemoryStream(beginning)
{
    /// <summary>The answer with its body cut off; its headers still tell of all of it.</summary>
    public static HttpResponseMessage In(HttpResponseMessage answer, int bytes)
    {
        using var whole = new MemoryStream();
        answer.Content.ReadAsStream().CopyTo(whole);
        var cut = new StreamContent(new CutOffStream(whole.ToArray()[..bytes]));
        foreach (var header in answer.Content.Headers)
            cut.Headers.TryAddWithoutValidation(header.Key, header.Value);
        answer.Content = cut;
        return answer;
    }

    public override int Read(Span<byte> buffer) => OrBreak(base.Read(buffer));

    public override int Read(byte[] buffer, int offset, int count) => OrBreak(base.Read(buffer, offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        OrBreak(await base.ReadAsync(buffer, cancellationToken));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    private static int OrBreak(int read) => read > 0 ? read : throw new IOException("The connection was reset.");
}
