using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Fanout.Results;
using Xunit;

namespace Fanout.Tests.Results.Lines;

public sealed class ResultLineTests
{
    private static readonly Gen<string> Texts = Gen.OneOf(Gen.String[Gen.Char[' ', '~'], 0, 20], Gen.String[Gen.Char, 0, 60]).Select(ReplaceLoneSurrogates);

    private static readonly Gen<ResultLine> AnyLine =
        Gen.Select(Gen.Long[0, long.MaxValue], Texts.Null(), Gen.Enum<OutcomeStatus>(), Texts, Gen.Int[0, 100], Gen.Long[0, 100_000_000_000])
            .Select((index, key, status, text, attempts, microseconds) => new ResultLine(
                index, key, status,
                status == OutcomeStatus.Succeeded ? JsonSerializer.SerializeToElement(new { text, nested = new[] { 1, 2 } }) : null,
                status == OutcomeStatus.Succeeded ? null : new ItemError(text, text + text), attempts, microseconds / 1_000.0));

    [Fact]
    public void Line_RoundTrips() => AnyLine.Sample(line =>
    {
        var bytes = TestLines.ToBytes([line]);
        var read = ResultLineParser.Parse(bytes);
        Assert.Equal(line with { Output = null }, read with { Output = null });
        Assert.Equal(line.Output?.GetProperty("text").GetString(), read.Output?.GetProperty("text").GetString());
    });

    [Fact]
    public void Line_IsOneLineOfJsonThatBeginsWithItsIndex() => AnyLine.Sample(line =>
    {
        var bytes = TestLines.ToBytes([line]);
        Assert.Equal(bytes.Length - 1, bytes.AsSpan().IndexOf((byte)'\n'));
        using var json = JsonDocument.Parse(bytes);
        Assert.Equal("index", json.RootElement.EnumerateObject().First().Name);
    });

    [Fact]
    public void QuickReads_AgreeWithTheFullOne() => AnyLine.Sample(line =>
    {
        var bytes = TestLines.ToBytes([line]);
        Assert.True(ResultLineParser.TryReadIndex(bytes, out var index));
        Assert.True(ResultLineParser.TryReadStatus(bytes, out var status));
        Assert.Equal((line.Index, line.Status), (index, status));
    });

    [Fact]
    public void QuickReads_OfAnyBytes_NeverThrow() =>
        Gen.Select(AnyLine, Gen.Int[0, 200], Gen.Byte).Sample((line, at, value) =>
        {
            var bytes = TestLines.ToBytes([line]);
            bytes[at % bytes.Length] = value;
            ResultLineParser.TryReadStatus(bytes.AsSpan(0, at % bytes.Length), out _);
            ResultLineParser.TryReadStatus(bytes, out _);
        });

    [Fact]
    public void Success_LooksAsDocumented() => Assert.Equal(
        """{"index":0,"key":"k","status":"Succeeded","output":{"a":1},"attempts":1,"durationMs":0.12}""" + "\n",
        Write(new ItemHead(0, "k"), OutcomeStatus.Succeeded, """{"a":1}""", null, 1, TimeSpan.FromMicroseconds(120)));

    [Fact]
    public void Failure_LooksAsDocumented() => Assert.Equal(
        """{"index":12,"status":"TimedOut","error":{"type":"Timeout","message":"Ran \"long\"\nand ö."},"attempts":3,"durationMs":10000}""" + "\n",
        Write(new ItemHead(12, null), OutcomeStatus.TimedOut, "", new ItemError("Timeout", "Ran \"long\"\nand ö."), 3, TimeSpan.FromSeconds(10)));

    [Theory]
    [InlineData("", "")]
    [InlineData("  \r\n", "")]
    [InlineData(" 1 \n", ",\"output\":1")]
    [InlineData("{\r\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": \"x\\ny\"\n}", ",\"output\":{\"a\": [1,2],\"b\": \"x\\ny\"}")]
    public void Output_IsPutOnOneLine(string output, string field) => Assert.Equal(
        $$"""{"index":0,"status":"Succeeded"{{field}},"attempts":1,"durationMs":0}""" + "\n",
        Write(new ItemHead(0, null), OutcomeStatus.Succeeded, output, null, 1, TimeSpan.Zero));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(9, "0")]
    [InlineData(10, "0.001")]
    [InlineData(1_000, "0.1")]
    [InlineData(10_500, "1.05")]
    [InlineData(123_456_789, "12345.678")]
    [InlineData(-5, "0")]
    public void Duration_HasUpToThreeDecimals(long ticks, string milliseconds) => Assert.EndsWith(
        $"\"durationMs\":{milliseconds}}}\n",
        Write(new ItemHead(0, null), OutcomeStatus.Succeeded, "", null, 1, TimeSpan.FromTicks(ticks)),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"index\":1}")]
    [InlineData("{\"index\":1,\"status\":\"Lost\"}")]
    [InlineData("{\"index\":\"1\",\"status\":\"Failed\"}")]
    [InlineData("{\"index\":1,\"status\":\"Fai")]
    public void WhatIsNoLine_IsRefused(string text)
    {
        Assert.Throws<FormatException>(() => ResultLineParser.Parse(Encoding.UTF8.GetBytes(text)));
        Assert.False(ResultLineParser.TryReadStatus(Encoding.UTF8.GetBytes(text), out _));
    }

    [Fact]
    public void FieldsOfALaterVersion_AreSkipped() => Assert.Equal(
        new ResultLine(1, null, OutcomeStatus.Failed, null, new ItemError("T", "m"), 1, 0),
        ResultLineParser.Parse("""{"index":1,"status":"Failed","new":{"a":[1]},"error":{"type":"T","new":[],"message":"m"},"attempts":1,"durationMs":0}"""u8));

    [Fact]
    public void Success_AllocatesNothing()
    {
        var buffer = new ArrayBufferWriter<byte>(1 << 20);
        for (var round = 0; round < 2; round++)
        {
            buffer.ResetWrittenCount();
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var index = 0; index < 1_000; index++)
                ResultLineWriter.Write(buffer, new ItemHead(index, "a/key"), OutcomeStatus.Succeeded, "{\"a\":1}"u8, null, 1, TimeSpan.FromMilliseconds(1.5));
            if (round == 1)
                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    private static string Write(ItemHead head, OutcomeStatus status, string output, ItemError? error, int attempts, TimeSpan duration)
    {
        var buffer = new ArrayBufferWriter<byte>();
        ResultLineWriter.Write(buffer, head, status, Encoding.UTF8.GetBytes(output), error, attempts, duration);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string ReplaceLoneSurrogates(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
