using System.Net;
using Fanout.Api.Tests.Support;
using Fanout.Server.Tests.Support;
using Xunit;

namespace Fanout.Server.Tests.Security;

/// <summary>What other web sites have browsers send is refused, and what is sent to browsers says what it may do.</summary>
public sealed class OriginTests : IAsyncLifetime
{
    private const string Spec = """{"handler":{"name":"echo"},"source":{"kind":"range","start":0,"end":1}}""";

    private ServerHost _host = null!;

    public async Task InitializeAsync() => _host = await ServerHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:8430")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("10.0.0.1")]
    public async Task Name_ThatIsNotThisMachines_IsRefused(string host)
    {
        (await _host.Client.AskAsync("/api/runs", ("Host", host))).Problem(HttpStatusCode.Forbidden);
        (await _host.Client.AskAsync("/dashboard/", ("Host", host))).Problem(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:1")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]:8430")]
    public async Task Name_ThatIsThisMachines_IsTaken(string host) => (await _host.Client.AskAsync("/api/runs", ("Host", host))).Is(HttpStatusCode.OK);

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://localhost:1")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task Change_FromAnotherSite_IsRefused(string header, string value)
    {
        (await _host.Client.PostTextAsync("/api/runs", Spec, (header, value))).Problem(HttpStatusCode.Forbidden);
        Assert.Empty((await _host.Client.AskAsync("/api/runs")).Is(HttpStatusCode.OK).GetProperty("runs").EnumerateArray());
    }

    [Fact]
    public async Task Change_FromTheServersOwnPage_IsTaken()
    {
        var own = _host.Client.BaseAddress!.GetLeftPart(UriPartial.Authority);
        (await _host.Client.PostTextAsync("/api/runs", Spec, ("Origin", own), ("Sec-Fetch-Site", "same-origin"))).Is(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task NoAnswer_LetsOtherSitesReadIt_OrTheBrowserGuess()
    {
        foreach (var path in new[] { "/api/runs", "/api/nothing", "/reference/", "/api/openapi.json", "/api/runs/none" })
        {
            var answer = await _host.Client.AskAsync(path, ("Origin", "https://evil.example"));
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("same-origin", answer.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    [Fact]
    public async Task ReferencePage_HasNothingInline_AndNothingFromElsewhere()
    {
        var page = (await _host.Client.AskAsync("/reference/")).Text;
        Assert.DoesNotMatch("<script>|<style|style=| on[a-z]+=|https?://", page);
        Assert.Equal(HttpStatusCode.OK, (await _host.Client.AskAsync("/reference/reference.js")).Status);
        Assert.Equal(HttpStatusCode.OK, (await _host.Client.AskAsync("/reference/reference.css")).Status);
    }
}
