using Fanout.Conformance.Sources;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Sources;

public sealed class JsonlSourceTests() : FileSourceContract(TextKind.Jsonl)
{
    [Theory]
    [InlineData("", "")]
    [InlineData("\n \n\t\r\n", "")]
    [InlineData("1", "1@1")]
    [InlineData("1\n", "1@1")]
    [InlineData("\uFEFF\n 1\n", "1@2")]
    [InlineData("\n\n{} \r\n  \n[]\n  ", "{}@3,[]@5")]
    [InlineData("1\n\n\n\n\n\n\n2\n3\n\n4", "1@1,2@8,3@9,4@11")]
    public async Task BlankLines_AreNotCounted_ButCountAsLines(string text, string expected)
    {
        var spec = new JsonlSourceSpec { Path = Directory.Write("source", text) };
        var values = (await SourceReading.ReadAtEveryBorder(spec)).ConvertAll(i => i.Value);

        // Broken UTF-8 in place of each value's first byte makes every item tell its line.
        var items = expected.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(e => e.Split('@')).ToList();
        var bytes = await System.IO.File.ReadAllBytesAsync(spec.Path);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] is (byte)'{' or (byte)'[' or (>= (byte)'0' and <= (byte)'9'))
                bytes[i] = 0x80;
        }

        Directory.Write("source", bytes);
        var broken = await SourceReading.ReadAtEveryBorder(spec);
        Assert.Equal(items.Select(i => i[0]), values);
        Assert.Equal(items.Count, broken.Count);
        Assert.All(broken.Zip(items), pair => Assert.Contains($", line {pair.Second[1]}: ", pair.First.DefectMessage, StringComparison.Ordinal));
    }

    [Fact]
    public async Task BlankLineLongerThanTheLimit_IsNotCounted()
    {
        var spec = new JsonlSourceSpec { Path = Directory.Write("source", "1\n" + new string(' ', 100) + "\n2\n" + new string('\t', 50)), MaxItemBytes = 4 };
        Assert.Equal(["1", "2"], (await SourceReading.ReadAtEveryBorder(spec)).Select(i => i.Value));
    }

    [Fact]
    public async Task ItemLongerThanTheLimit_IsADefect_ThoughItBeginsWithSpace()
    {
        var spec = new JsonlSourceSpec { Path = Directory.Write("source", "1\n\n" + new string(' ', 100) + "2\n3"), MaxItemBytes = 4 };
        var items = await SourceReading.ReadAtEveryBorder(spec);
        Assert.Equal(["1", "", "3"], items.Select(i => i.Value));
        Assert.Contains(", line 3: the item has 101 bytes", items[1].DefectMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LineThatIsNotJson_IsHandedOnAsItIs()
    {
        var spec = new JsonlSourceSpec { Path = Directory.Write("source", "{broken\n1") };
        Assert.Equal(["{broken", "1"], await SourceReading.Values(spec));
    }
}
