using System.Diagnostics;
using System.Text.Json;
using Fanout.Dispatch;
using Fanout.Serialization;
using Fanout.Telemetry;
using Xunit;

namespace Fanout.Tests.Telemetry;

public sealed class TraceParentTests
{
    private const string Place = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public void Text_ReadsBackAsItWasWritten() => Assert.Equal(Place, TraceParent.Format(TraceParent.Parse(Place)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-and-more")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01")]
    public void WhatIsNone_IsNoPlace(string? text)
    {
        Assert.Equal(default, TraceParent.Parse(text));
        Assert.Null(TraceParent.Format(default));
    }

    [Fact]
    public void CallerOutside_IsTheParentWhereNobodyListensHere()
    {
        // As ASP.NET Core does for every request.
        using var request = new Activity("request").SetParentId(Place).Start();
        Assert.Equal(Place, TraceParent.OfCaller());
    }

    [Fact]
    public void SpanNobodyListensTo_IsNoParent()
    {
        using var request = new Activity("request").Start();
        Assert.Null(TraceParent.OfCaller());
    }

    [Fact]
    public void SpanSomebodyListensTo_IsTheParent()
    {
        using var source = new ActivitySource("Fanout.Tests.TraceParent");
        using var listener = new ActivityListener
        {
            ShouldListenTo = other => other == source,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var span = source.StartActivity("span")!;
        using var inner = new Activity("inner").Start();
        Assert.Equal(span.Id, TraceParent.OfCaller());
    }

    /// <summary>Messages that were sent by an earlier version have neither.</summary>
    [Fact]
    public void MessageWithoutAPlace_IsReadAndWrittenAsBefore()
    {
        const string Earlier = """{"instanceId":"r:b0001","input":{"runId":"r","key":"b0001-l00-00000","source":{"itemCount":10},"start":0,"end":10,"pending":"","lane":0,"lanes":1,"sliceFraction":1}}""";
        var message = JsonSerializer.Deserialize<BatchMessage>(Earlier, FanoutJson.Options)!;
        Assert.Null(message.TraceParent);
        Assert.Null(message.SentAt);
        Assert.Equal("b0001", message.Input.Branch);
        var json = JsonSerializer.Serialize(message, FanoutJson.Options);
        Assert.DoesNotContain("traceParent", json, StringComparison.Ordinal);
        Assert.DoesNotContain("\"branch\"", json, StringComparison.Ordinal);
    }
}
