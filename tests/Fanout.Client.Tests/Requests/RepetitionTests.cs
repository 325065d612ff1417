using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Fanout.Client.Tests.Support;
using Fanout.Flow;
using Xunit;

namespace Fanout.Client.Tests.Requests;

public sealed class RepetitionTests : IDisposable
{
    private const string Health = """{"status":"ok","version":"1"}""";

    private static readonly JsonObject Spec = new() { ["handler"] = new JsonObject { ["name"] = "noop" } };

    private readonly ScriptedHandler _server = new();
    private readonly HurryingTime _time = new(TimeSpan.FromSeconds(30));

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task PassingFailure_IsTriedAgain(int status)
    {
        using var client = _server.Then((HttpStatusCode)status).ThenBreak().Then(HttpStatusCode.OK, Health).Connect(_time);
        Assert.Equal("ok", (await client.GetHealthAsync()).Status);
        Assert.Equal(3, _server.Asked.Count);
        Assert.Equal(2, _time.Waits.Count);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(404)]
    [InlineData(401)]
    public async Task OtherFailure_IsNot(int status)
    {
        using var client = _server.Then((HttpStatusCode)status).Connect(_time);
        Assert.Equal(status, (await Assert.ThrowsAsync<RemoteException>(() => client.GetHealthAsync())).Status);
        Assert.Single(_server.Asked);
    }

    [Fact]
    public async Task Attempts_AreBounded()
    {
        using var client = _server.ThenBreak().ThenBreak().ThenBreak().ThenBreak().ThenBreak().ThenBreak().Connect(_time);
        var failure = await Assert.ThrowsAsync<RemoteException>(() => client.GetHealthAsync());
        Assert.Equal("http://fanout.test/base/ cannot be reached: Connection refused", failure.Message);
        Assert.True(failure.MayPass);
        Assert.Equal(5, _server.Asked.Count);
    }

    [Fact]
    public async Task RetryAfter_IsKept()
    {
        using var client = _server
            .Then(HttpStatusCode.TooManyRequests, change: answer => answer.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(7)))
            .Then(HttpStatusCode.ServiceUnavailable, change: answer => answer.Headers.RetryAfter = new RetryConditionHeaderValue(_time.GetUtcNow().AddSeconds(9)))
            .Then(HttpStatusCode.OK, Health).Connect(_time);
        await client.GetHealthAsync();
        Assert.Equal([7, 9], _time.Waits.Select(wait => Math.Ceiling(wait.TotalSeconds)));
    }

    [Fact]
    public async Task RetryAfter_BeyondTheTimeThereIs_IsNotWaitedFor()
    {
        using var client = _server
            .Then(HttpStatusCode.TooManyRequests, change: answer => answer.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromHours(1))).Connect(_time);
        Assert.Equal(429, (await Assert.ThrowsAsync<RemoteException>(() => client.GetHealthAsync())).Status);
    }

    [Fact]
    public async Task Start_IsRepeatedWithTheSameKey()
    {
        using var client = _server.ThenBreak().ThenBreak().ThenProblem(HttpStatusCode.Conflict, "No.", ",\"runId\":\"x\"").Connect(_time);
        await Assert.ThrowsAsync<RunException>(() => client.StartAsync(Spec));
        var keys = _server.Requests.Select(request => Assert.Single(request.Headers.GetValues("Idempotency-Key"))).ToList();
        Assert.Equal((3, 1, 32), (keys.Count, keys.Distinct().Count(), keys[0].Length));
    }

    [Fact]
    public async Task Start_WithAnId_NeedsNoKey()
    {
        using var client = _server.ThenBreak().ThenProblem(HttpStatusCode.Conflict, "No.", ",\"runId\":\"x\"").Connect(_time);
        await Assert.ThrowsAsync<RunException>(() => client.StartAsync(new JsonObject { ["id"] = "x" }));
        Assert.Equal(2, _server.Requests.Count);
        Assert.All(_server.Requests, request => Assert.False(request.Headers.Contains("Idempotency-Key")));
    }

    [Fact]
    public async Task Cancel_IsNotRepeated_UnlessItWasRefusedForThereBeingTooMany()
    {
        using var client = _server.Then(HttpStatusCode.TooManyRequests).ThenBreak().Connect(_time);
        await Assert.ThrowsAsync<RemoteException>(() => client.CancelAsync("nightly"));
        Assert.Equal(2, _server.Asked.Count);
    }

    [Fact]
    public async Task Delete_WhoseAnswerWasLost_IsDone()
    {
        using var client = _server.ThenBreak().ThenProblem(HttpStatusCode.NotFound, "There is none.").ThenProblem(HttpStatusCode.NotFound, "There is none.").Connect(_time);
        await client.DeleteAsync("nightly");
        Assert.True((await Assert.ThrowsAsync<RunException>(() => client.DeleteAsync("nightly"))).IsMissing);
    }

    [Fact]
    public async Task SilentServer_IsGivenUpAndTriedAgain()
    {
        using var client = _server
            .Then(async (_, cancellationToken) =>
            {
                _time.Advance(TimeSpan.FromSeconds(100));
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancellationToken);
                throw new InvalidOperationException("Nobody gave it up.");
            })
            .Connect(_time, _ => new FanoutClientOptions { BaseAddress = new Uri("http://fanout.test"), Time = _time, MaxAttempts = 1 });
        var failure = await Assert.ThrowsAsync<RemoteException>(() => client.GetHealthAsync());
        Assert.Equal("http://fanout.test/ did not answer within 100 s. Is the server well?", failure.Message);
    }

    [Fact]
    public async Task Cancelled_IsCancelled()
    {
        using var stop = new CancellationTokenSource();
        using var client = _server.Then((_, _) =>
        {
            stop.Cancel();
            throw new HttpRequestException("gone");
        }).Connect(_time);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetHealthAsync(stop.Token));
    }

    [Fact]
    public async Task Key_IsSentBothWays_BelowTheBasePath()
    {
        using var client = _server.Then(HttpStatusCode.OK, Health).Connect(_time);
        await client.GetHealthAsync();
        Assert.Equal(["GET /base/api/health"], _server.Asked);
        Assert.Equal("Bearer k3y", _server.Requests[0].Headers.Authorization!.ToString());
        Assert.Equal(["k3y"], _server.Requests[0].Headers.GetValues("x-functions-key"));
    }

    [Theory]
    [InlineData("http://user:pass@host/", "k")]
    [InlineData("ftp://host/", "k")]
    [InlineData("http://host/?a=1", "k")]
    [InlineData("http://host/", "two words")]
    [InlineData("http://host/", "")]
    public void WhatCannotBeUsed_IsRefused_AndNotRepeated(string url, string key)
    {
        var refused = Assert.Throws<ArgumentException>(() => new FanoutClient(new Uri(url), key));
        Assert.DoesNotContain("pass", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("two words", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, typeof(SpecException))]
    [InlineData(409, typeof(LimitException))]
    [InlineData(422, typeof(SourceException))]
    [InlineData(403, typeof(RemoteException))]
    [InlineData(413, typeof(RemoteException))]
    [InlineData(500, typeof(RemoteException))]
    public async Task Problem_IsTheExceptionThatFanoutWouldThrow(int status, Type expected)
    {
        using var client = _server.ThenProblem((HttpStatusCode)status, "Because.", ""","errors":[{"pointer":"/rate","value":"0","problem":"is too small.","remedy":"Raise it."}]""").Connect(_time);
        var thrown = await Assert.ThrowsAsync(expected, () => client.SetLimitAsync(new LimitSpec("crm", 1, null, 1)));
        if (thrown is SpecException refused)
            Assert.Equal(new SpecError("/rate", "0", "is too small.", "Raise it."), Assert.Single(refused.Errors));
        else
            Assert.Contains("Because.", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StorageThatIsAway_MayPass()
    {
        foreach (var _ in Enumerable.Range(0, 5))
            _server.ThenProblem(HttpStatusCode.ServiceUnavailable, "It is away.");
        using var client = _server.Connect(_time);
        Assert.True((await Assert.ThrowsAsync<StorageException>(() => client.GetHealthAsync())).MayPass);
    }

    [Fact]
    public async Task Redirect_IsToldAndNotFollowed()
    {
        using var client = _server.Then(HttpStatusCode.MovedPermanently, change: answer => answer.Headers.Location = new Uri("https://fanout.test/base/api/health?code=1")).Connect(_time);
        var failure = await Assert.ThrowsAsync<RemoteException>(() => client.GetHealthAsync());
        Assert.Equal("http://fanout.test/base/ sends its callers on to https://fanout.test. Give that URL if it is the server's.", failure.Message);
    }

    [Fact]
    public async Task SomethingElseThanFanout_IsToldSo()
    {
        using var client = _server.Then(HttpStatusCode.OK, "<html>", "text/html").Connect(_time);
        Assert.Contains("Is that URL a Fanout server's?", (await Assert.ThrowsAsync<RemoteException>(() => client.GetHealthAsync())).Message, StringComparison.Ordinal);
    }
}
