using System.Text.Json;
using Fanout.Runs;
using Fanout.Specs;
using Xunit;

namespace Fanout.Tests.Specs;

/// <summary>The spec of a redrive: the earlier run's, over what did not succeed in it, changed as asked.</summary>
public sealed class RedriveDocumentTests
{
    private static readonly RunRecord Earlier = new()
    {
        Id = "nightly",
        SpecJson = """{"id":"nightly","handler":{"name":"echo","options":{"a":1,"b":{"c":2}}},"source":{"kind":"lines","path":"x"},"flow":{"concurrency":8,"rate":"50/s"},"failure":{"timeout":"10s"}}""",
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    [Fact]
    public void Redrive_IsTheSameOverWhatDidNotSucceed() => Assert.Equal(
        """{"handler":{"name":"echo","options":{"a":1,"b":{"c":2}}},"source":{"kind":"redrive","run":"nightly","only":"failed","whereError":"429"},"flow":{"concurrency":8,"rate":"50/s"},"failure":{"timeout":"10s"},"id":"again"}""",
        RedriveDocument.Create(Earlier, "again", "failed", "429").ToJsonString());

    [Fact]
    public void WithoutAnythingAsked_ItIsAllThatDidNotSucceedUnderAnIdThatIsMade()
    {
        var document = RedriveDocument.Create(Earlier, JsonElement.Parse("{}"));
        Assert.Equal("""{"kind":"redrive","run":"nightly"}""", document["source"]!.ToJsonString());
        Assert.False(document.ContainsKey("id"));
    }

    [Fact]
    public void SectionsOfTheRequest_AreMergedIntoTheEarlierRuns_AndNullRemoves()
    {
        var document = RedriveDocument.Create(Earlier, JsonElement.Parse(
            """{"id":"again","only":"timedOut","flow":{"rate":"5/s"},"handler":{"options":{"b":{"d":3},"a":null}},"failure":null,"results":{"keep":"none"}}"""));
        Assert.Equal("again", document["id"]!.GetValue<string>());
        Assert.Equal("""{"concurrency":8,"rate":"5/s"}""", document["flow"]!.ToJsonString());
        Assert.Equal("""{"name":"echo","options":{"b":{"c":2,"d":3}}}""", document["handler"]!.ToJsonString());
        Assert.False(document.ContainsKey("failure"));
        Assert.Equal("""{"keep":"none"}""", document["results"]!.ToJsonString());
    }

    [Theory]
    [InlineData("[]", "is not an object")]
    [InlineData("""{"source":{}}""", "there is no field \"source\" here")]
    [InlineData("""{"id":"-"}""", "/id")]
    [InlineData("""{"only":7}""", "/only")]
    [InlineData("""{"flow":{"a\ud800":1}}""", "half of a character")]
    [InlineData("""{"only":"failed","only":"all"}""", "stands in this object already")]
    public void WhatIsNoRequest_IsRefusedWithItsFields(string request, string says) =>
        Assert.Contains(says, Assert.Throws<SpecException>(() => RedriveDocument.Create(Earlier, JsonElement.Parse(request))).Message, StringComparison.Ordinal);
}
