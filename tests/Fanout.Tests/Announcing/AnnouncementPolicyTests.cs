using System.Net;
using Fanout.Announcing;
using Fanout.Orchestration;
using Xunit;

namespace Fanout.Tests.Announcing;

public class AnnouncementPolicyTests
{
    private static readonly AnnounceResult Failed = new("no answer");

    [Fact]
    public void Waits_DoubleOverTenMinutesAndAHalf_ThenItIsGivenUp()
    {
        var waits = Enumerable.Range(1, 8).Select(attempt => AnnouncementPolicy.Wait(attempt, Failed)?.TotalSeconds).ToList();
        Assert.Equal([5, 10, 20, 40, 80, 160, 320, null], waits);
        Assert.Equal(635, waits.Sum());
    }

    [Theory]
    [InlineData(1, 60, 60)]
    [InlineData(1, 2, 5)]
    [InlineData(3, 0, 20)]
    [InlineData(1, 86_400, 3_600)]
    public void RetryAfter_IsHeededWhereItIsLonger_UpToAnHour(int attempt, int asked, int expected) => Assert.Equal(
        TimeSpan.FromSeconds(expected), AnnouncementPolicy.Wait(attempt, Failed with { RetryAfter = TimeSpan.FromSeconds(asked) }));

    [Fact]
    public void WhatWouldEndTheSameWay_IsGivenUpAtOnce() => Assert.Null(AnnouncementPolicy.Wait(1, Failed with { IsFinal = true }));

    [Theory]
    [InlineData(200)]
    [InlineData(202)]
    [InlineData(204)]
    [InlineData(299)]
    public void TwoHundreds_AreDelivered(int status) =>
        Assert.Equal(AnnounceResult.Delivered, AnnouncementPolicy.Judge("https://x", (HttpStatusCode)status, null));

    [Theory]
    [InlineData(408)]
    [InlineData(425)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(599)]
    public void BusyReceivers_AreTriedAgainWhenTheySay(int status) => Assert.Equal(
        new AnnounceResult($"https://x answered {status}", IsFinal: false, TimeSpan.FromSeconds(7)),
        AnnouncementPolicy.Judge("https://x", (HttpStatusCode)status, TimeSpan.FromSeconds(7)));

    [Theory]
    [InlineData(301)]
    [InlineData(307)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(422)]
    public void OtherAnswers_AreFinal(int status) => Assert.Equal(
        new AnnounceResult($"https://x answered {status}", IsFinal: true),
        AnnouncementPolicy.Judge("https://x", (HttpStatusCode)status, TimeSpan.FromSeconds(7)));
}
