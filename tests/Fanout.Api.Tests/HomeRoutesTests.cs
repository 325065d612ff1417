using System.Net;
using Fanout.Api.Tests.Support;
using Xunit;

namespace Fanout.Api.Tests;

/// <summary>Routes about limits and about the home itself.</summary>
public sealed class HomeRoutesTests
{
    [Fact]
    public async Task Limits_AreSetListedAndRemoved()
    {
        await using var host = await ApiHost.StartAsync();
        Assert.Empty((await host.Client.AskAsync("/api/limits")).Is(HttpStatusCode.OK).GetProperty("limits").EnumerateArray());
        (await host.Client.AskAsync("/api/limits/crm")).Problem(HttpStatusCode.NotFound);
        var set = (await host.Client.SendAsync(HttpMethod.Put, "/api/limits/crm", """{"concurrency":5,"rate":"20/s"}""")).Is(HttpStatusCode.OK);
        Assert.Equal(("crm", 5, "20/s"), (set.GetProperty("name").GetString(), set.GetProperty("concurrency").GetInt32(), set.GetProperty("rate").GetString()));
        Assert.Equal(5, (await host.Client.AskAsync("/api/limits/crm")).Is(HttpStatusCode.OK).GetProperty("concurrency").GetInt32());
        Assert.Single((await host.Client.AskAsync("/api/limits")).Is(HttpStatusCode.OK).GetProperty("limits").EnumerateArray());
        Assert.Equal(HttpStatusCode.NoContent, (await host.Client.SendAsync(HttpMethod.Delete, "/api/limits/crm", null)).Status);
        (await host.Client.SendAsync(HttpMethod.Delete, "/api/limits/crm", null)).Problem(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("crm", "{}")]
    [InlineData("crm", """{"concurrency":0}""")]
    [InlineData("crm", """{"rate":"fast"}""")]
    [InlineData("crm", "[]")]
    [InlineData("c%20rm", """{"concurrency":1}""")]
    public async Task Limit_ThatIsNone_IsRefused(string name, string body)
    {
        await using var host = await ApiHost.StartAsync();
        (await host.Client.SendAsync(HttpMethod.Put, $"/api/limits/{name}", body)).Problem(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Limit_ThatIsNeeded_StaysThere()
    {
        await using var host = await ApiHost.StartAsync();
        await host.Client.SendAsync(HttpMethod.Put, "/api/limits/crm", """{"concurrency":5}""");
        (await host.Client.PostTextAsync("/api/runs", """{"id":"a","handler":{"name":"echo"},"source":{"kind":"range","start":0,"end":1},"flow":{"limits":["crm"]}}""")).Is(HttpStatusCode.Accepted);
        (await host.Client.SendAsync(HttpMethod.Delete, "/api/limits/crm", null)).Problem(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Capabilities_SchemaAndHealth_AreTold()
    {
        await using var host = await ApiHost.StartAsync();
        Assert.Equal("1.2.3", (await host.Client.AskAsync("/api/capabilities")).Is(HttpStatusCode.OK).GetProperty("version").GetString());
        Assert.Equal("urn:fanout:spec", (await host.Client.AskAsync("/api/schema")).Is(HttpStatusCode.OK).GetProperty("$id").GetString());
        Assert.Equal("ok", (await host.Client.AskAsync("/api/health")).Is(HttpStatusCode.OK).GetProperty("status").GetString());
    }

    [Fact]
    public async Task StorageThatIsAway_IsToldAsThat_WithoutDetailsOfWhatFailed()
    {
        await using var away = await ApiHost.StartAsync(home => home with { CheckHealth = _ => throw new StorageException("The disk is full.") });
        var answer = await away.Client.AskAsync("/api/health");
        Assert.Equal("The disk is full.", answer.Problem(HttpStatusCode.ServiceUnavailable));
        Assert.Equal("5", answer.Headers.RetryAfter!.ToString());
        await using var broken = await ApiHost.StartAsync(home => home with { CheckHealth = _ => throw new InvalidOperationException("a secret") });
        Assert.DoesNotContain("secret", (await broken.Client.AskAsync("/api/health")).Problem(HttpStatusCode.InternalServerError), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Root_LeadsToTheDashboard()
    {
        await using var host = await ApiHost.StartAsync();
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = host.Client.BaseAddress };
        Assert.Equal("/dashboard/", (await client.AskAsync("/")).Headers.Location!.OriginalString);
        Assert.Equal("/dashboard/", (await client.AskAsync("/dashboard")).Headers.Location!.OriginalString);
        (await client.AskAsync("/dashboard/none.js")).Problem(HttpStatusCode.NotFound);
        foreach (var path in DashboardFiles.Paths)
            Assert.Equal(HttpStatusCode.OK, (await client.AskAsync($"/dashboard/{path}")).Status);
    }
}
