using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fanout.Handlers;
using Fanout.Handlers.Typed;
using Xunit;

namespace Fanout.Tests.Handlers.Typed;

public sealed class TypedItemHandlerTests
{
    [Theory]
    [InlineData("\"a\\u0062\"", "ab")]
    [InlineData("5", "5")]
    [InlineData("{ \"a\": 1 }", "{\"a\":1}")]
    [InlineData("null", "null")]
    public void JsonItems_AreReadAsStrings(string json, string expected) =>
        Assert.Equal(expected, ItemBinder<string>.Read(Attempts.OfJson(json).Item));

    [Fact]
    public void TextItems_AreReadAsStrings_AsTheyAre() => Assert.Equal("\"a\"", ItemBinder<string>.Read(Attempts.OfText("\"a\"").Item));

    [Fact]
    public void TextItems_AreReadAsWhatTheySay()
    {
        Assert.Equal(5, ItemBinder<int>.Read(Attempts.OfText(" 5 ").Item));
        Assert.Equal(2.5, ItemBinder<double>.Read(Attempts.OfText("2.5").Item));
        Assert.True(ItemBinder<bool>.Read(Attempts.OfText("true").Item));
        Assert.Equal(new Point(1, 2), ItemBinder<Point>.Read(Attempts.OfText("""{"x":1,"y":2}""").Item));
        Assert.Equal(DayOfWeek.Friday, ItemBinder<DayOfWeek>.Read(Attempts.OfText("Friday").Item));
        Assert.Equal(Guid.Parse("5a1f7f6e-8f4d-4d0c-9a3c-0c7f7c0f6c11"), ItemBinder<Guid>.Read(Attempts.OfText("5a1f7f6e-8f4d-4d0c-9a3c-0c7f7c0f6c11").Item));
    }

    [Fact]
    public void TextItems_AreReadAsJsonStrings_ByWhoeverTakesAnyJson()
    {
        Assert.Equal("5", ItemBinder<JsonElement>.Read(Attempts.OfText("5").Item).GetString());
        Assert.Equal("5", ItemBinder<JsonNode>.Read(Attempts.OfText("5").Item).GetValue<string>());
    }

    [Fact]
    public void JsonItems_AreReadAsObjectsElementsAndNullables()
    {
        Assert.Equal(new Point(1, 2), ItemBinder<Point>.Read(Attempts.OfJson("""{"x":1,"Y":2}""").Item));
        Assert.Equal(2, ItemBinder<JsonElement>.Read(Attempts.OfJson("[1,2]").Item).GetArrayLength());
        Assert.Null(ItemBinder<int?>.Read(Attempts.OfJson("null").Item));
    }

    [Fact]
    public void JsonElement_OutlivesTheItemsBytes()
    {
        var bytes = "{\"a\":1}"u8.ToArray();
        var element = ItemBinder<JsonElement>.Read(new(0, bytes, IsText: false));
        bytes.AsSpan().Fill((byte)'x');

        Assert.Equal(1, element.GetProperty("a").GetInt32());
    }

    [Fact]
    public async Task UnreadableItem_FailsForGood_NamingTheType()
    {
        var handler = new TypedItemHandler<List<int>, int>((item, _, _) => new(item.Count));

        foreach (var item in new[] { Attempts.OfJson("{\"a\":1}"), Attempts.OfText("words"), Attempts.OfJson("null") })
        {
            var (error, retryable, _) = await handler.FailAsync(item);
            Assert.Equal("UnreadableItem", error.Type);
            Assert.StartsWith("The item cannot be read as List<int>: ", error.Message, StringComparison.Ordinal);
            Assert.False(retryable);
        }
    }

    [Fact]
    public void Results_AreWrittenAsJson()
    {
        Assert.Equal("\"a\\\"é\"", Write("a\"é"));
        Assert.Equal("-5", Write(-5));
        Assert.Equal("9223372036854775807", Write(long.MaxValue));
        Assert.Equal("true", Write(true));
        Assert.Equal("0.1", Write(0.1));
        Assert.Equal("{\"x\":1,\"y\":2}", Write(new Point(1, 2)));
        Assert.Equal("\"Friday\"", Write(DayOfWeek.Friday));
        Assert.Equal("[1,2]", Write(Attempts.Json("[1,2]")));
        Assert.Equal("{\"x\":1,\"y\":2}", Write<object>(new Point(1, 2)));
    }

    [Fact]
    public void NullResults_AreWrittenAsNothing()
    {
        Assert.Equal("", Write<string?>(null));
        Assert.Equal("", Write<int?>(null));
        Assert.Equal("", Write<JsonElement>(default));
    }

    [Fact]
    public async Task UnwritableResult_FailsForGood()
    {
        var handler = new TypedItemHandler<int, double>((_, _, _) => new(double.NaN));

        var (error, retryable, _) = await handler.FailAsync(Attempts.OfJson("1"));

        Assert.Equal("UnwritableResult", error.Type);
        Assert.False(retryable);
    }

    [Fact]
    public async Task AsynchronousHandler_IsAwaited()
    {
        var result = new TaskCompletionSource<int>();
        var handler = new TypedItemHandler<int, int>((_, _, _) => new(result.Task));

        var handling = handler.HandleAsync(Attempts.OfJson("1"));
        Assert.False(handling.IsCompleted);
        result.SetResult(8);

        Assert.Equal("8", await handling);
    }

    [Fact]
    public void SynchronousHandlerOfNumbers_AllocatesNothing()
    {
        var handler = new TypedItemHandler<int, int>((item, _, _) => new(item + 1));
        var context = Attempts.OfJson("41");
        var output = new ArrayBufferWriter<byte>(1_024);
        long Allocated()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                output.ResetWrittenCount();
                Assert.Same(Task.CompletedTask, handler.HandleAsync(context, output, default).AsTask());
            }
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Allocated();

        Assert.Equal(0, Allocated());
    }

    private static string Write<T>(T result)
    {
        var output = new ArrayBufferWriter<byte>();
        ResultWriter<T>.Write(result, output);
        return System.Text.Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private sealed record Point(int X, int Y);
}
