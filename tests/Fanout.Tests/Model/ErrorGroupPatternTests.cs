using CsCheck;
using Xunit;

namespace Fanout.Tests.Model;

public sealed class ErrorGroupPatternTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Connection refused", "Connection refused")]
    [InlineData("Connection refused (10.0.0.1:5432)", "Connection refused (#)")]
    [InlineData("took 1,234.5 ms, limit -5", "took # ms, limit #")]
    [InlineData("at 2026-11-23T10:15:00.123Z it broke", "at # it broke")]
    [InlineData("order 3f2504e0-4f89-11d3-9a0c-0305e82c3301 is gone", "order # is gone")]
    [InlineData("order abcdefab-abcd-abcd-abcd-abcdefabcdef is gone", "order # is gone")]
    [InlineData("address 0xDEAD0001", "address #")]
    [InlineData("No file '/data/a b.txt' here", "No file '…' here")]
    [InlineData("No file \"it's\" here", "No file '…' here")]
    [InlineData("it can't be Ann's", "it can't be Ann's")]
    [InlineData("unclosed \"quote", "unclosed 'quote")]
    [InlineData("GET https://example.com/orders/17?page=2", "GET https://example.com/orders/#?page=#")]
    [InlineData("line one\r\n\tline two  ", "line one line two")]
    [InlineData("C:\\data\\part-00017.jsonl", "C:/data/part-#.jsonl")]
    [InlineData("größer 😀 als 5", "größer 😀 als #")]
    public void Pattern_ReplacesWhatVaries(string message, string pattern) => Assert.Equal(pattern, Write(message));

    [Fact]
    public void LongMessage_IsCut() => Assert.Equal(new string('x', ErrorGroupText.MaxPatternBytes), Write(new string('x', 2_000)));

    [Fact]
    public void AnyText_GivesAPatternThatIsItsOwnCleanText() =>
        Gen.String[Gen.Char, 0, 700].Sample(message =>
        {
            var pattern = Write(message);
            Assert.Equal(pattern, ErrorGroupText.Clean(pattern, ErrorGroupText.MaxPatternBytes));
        });

    [Fact]
    public void NumbersOnlyDiffering_GiveOnePattern() =>
        Gen.Select(Gen.UInt, Gen.Guid, Gen.DateTime).Sample((number, id, time) =>
            Assert.Equal("item # (#) at # failed", Write($"item {number} ({id}) at {time:O} failed")));

    private static string Write(string message)
    {
        Span<char> buffer = stackalloc char[ErrorGroupText.MaxPatternBytes];
        return buffer[..ErrorGroupPattern.Write(message, buffer)].ToString();
    }
}
