using System.Net;
using System.Net.Http.Headers;
using Fanout.Api;
using Fanout.Api.Tests.Support;
using Fanout.Server.Tests.Support;
using Xunit;

namespace Fanout.Server.Tests;

/// <summary>Answers that many share, each looked up a moment ago.</summary>
public sealed class SharedAnswersTests
{
    private const string Gated = """{"id":"gated","handler":{"name":"gate"},"source":{"kind":"range","start":0,"end":3}}""";

    [Fact]
    public async Task ManyWhoAskTheSame_AreToldWhatWasLookedUpOnce()
    {
        await using var host = await ServerHost.StartAsync();
        await host.Home.RunAsync("""{"id":"a","handler":{"name":"odd"},"source":{"kind":"range","start":0,"end":3}}""");
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => host.Client.AskAsync("/api/runs/a")));
        Assert.All(answers, answer => Assert.Equal("a", answer.Is(HttpStatusCode.OK).GetProperty("id").GetString()));
        Assert.Single(answers.Select(answer => answer.Headers.ETag!.Tag).Distinct());
        Assert.Contains(answers, answer => answer.Headers.Age is not null);
    }

    [Fact]
    public async Task WhoHasChangedSomething_SeesItAtOnce()
    {
        await using var host = (await ServerHost.StartAsync()).Drive();
        (await host.Client.PostTextAsync("/api/runs", Gated)).Is(HttpStatusCode.Accepted);
        for (var concurrency = 1; concurrency <= 20; concurrency++)
        {
            await host.Client.AskAsync("/api/runs/gated");
            (await host.Client.SendAsync(HttpMethod.Patch, "/api/runs/gated", $$"""{"concurrency":{{concurrency}}}""")).Is(HttpStatusCode.OK);
            var run = (await host.Client.AskAsync("/api/runs/gated")).Is(HttpStatusCode.OK);
            Assert.Equal(concurrency, run.GetProperty("allotment").GetProperty("concurrency").GetInt32());
        }
    }

    [Fact]
    public async Task WhoIsToldThatARunIsOver_FindsItSo()
    {
        await using var host = (await ServerHost.StartAsync()).Drive();
        (await host.Client.PostTextAsync("/api/runs", Gated)).Is(HttpStatusCode.Accepted);
        await host.Home.Entered.Task;
        using var stop = new CancellationTokenSource();
        var asking = AskOnAsync(host.Client, stop.Token);
        await using var events = await EventStream.OpenAsync(host.Client, "gated");
        host.Home.Gate.SetResult();
        Assert.Equal("end", (await events.AllAsync())[^1].Kind);
        Assert.True((await host.Client.AskAsync("/api/runs/gated")).Is(HttpStatusCode.OK).TryGetProperty("report", out _));
        await stop.CancelAsync();
        await asking;
    }

    [Fact]
    public async Task AnswersOfOneKey_AreNotShownWithoutIt()
    {
        var key = "";
        await using var host = await ServerHost.StartAsync(home => key = ServerHost.AddKey(home, "reader", ApiRole.Read));
        using var reader = host.ClientWith(key);
        (await reader.AskAsync("/api/runs")).Is(HttpStatusCode.OK);
        (await host.Client.AskAsync("/api/runs")).Problem(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task WhoHasTheAnswer_IsToldSo_FromWhatIsSharedToo()
    {
        await using var host = await ServerHost.StartAsync();
        await host.Home.RunAsync("""{"id":"a","handler":{"name":"odd"},"source":{"kind":"range","start":0,"end":3}}""");
        var tag = (await host.Client.AskAsync("/api/runs/a")).Headers.ETag!;
        for (var i = 0; i < 3; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/runs/a");
            request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue(tag.Tag));
            using var answer = await host.Client.SendAsync(request);
            Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
        }
    }

    private static async Task AskOnAsync(HttpClient client, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
            await client.AskAsync("/api/runs/gated");
    }
}
