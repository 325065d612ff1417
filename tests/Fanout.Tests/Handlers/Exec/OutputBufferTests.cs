using System.Text;
using CsCheck;
using Fanout.Handlers;
using Fanout.Handlers.Exec;
using Xunit;

namespace Fanout.Tests.Handlers.Exec;

public sealed class OutputBufferTests
{
    [Fact]
    public void Head_KeepsTheFirstBytes_HoweverTheyCome() =>
        Gen.Select(Gen.Byte.Array[0, 20_000], Gen.Int[1, 10_000], Gen.Int[1, 5_000]).Sample((bytes, limit, step) =>
        {
            var head = new OutputHead(limit);
            Fill(bytes, step, head.Space, head.Advance);
            Assert.Equal(bytes.Length > limit, head.Truncated);
            Assert.True(bytes.AsSpan().StartsWith(head.Kept));
            Assert.InRange(head.Kept.Length, Math.Min(bytes.Length, limit) - 3, Math.Min(bytes.Length, limit));
        }, iter: 200);

    [Fact]
    public void Tail_KeepsTheLastLines_UpToAThousandCharacters()
    {
        var tail = new OutputTail();
        var text = string.Join('\n', Enumerable.Range(0, 5_000).Select(i => $"line {i}"));
        Fill(Encoding.UTF8.GetBytes(text), 777, tail.Space, tail.Advance);

        var last = tail.LastLines();

        Assert.EndsWith("line 4999", last, StringComparison.Ordinal);
        Assert.StartsWith("line ", last, StringComparison.Ordinal);
        Assert.InRange(last.Length, 980, 1_000);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 6)]
    [InlineData(6, 10)]
    [InlineData(10, 11)]
    public void Cut_FallsBetweenCharacters_NoMoreThanNeeded(int whole, int next)
    {
        var bytes = Encoding.UTF8.GetBytes("aé€😀");

        for (int length = whole; length < next; length++)
            Assert.Equal(whole, Utf8Cut.Before(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void Cut_LeavesWhatIsNoUtf8() => Assert.Equal(4, Utf8Cut.Before([0x61, 0xff, 0xff, 0xff]));

    private delegate Span<byte> SpaceSource();

    private static void Fill(ReadOnlySpan<byte> bytes, int step, SpaceSource space, Action<int> advance)
    {
        while (!bytes.IsEmpty)
        {
            var target = space();
            int count = Math.Min(Math.Min(step, bytes.Length), target.Length);
            bytes[..count].CopyTo(target);
            advance(count);
            bytes = bytes[count..];
        }
    }
}
