using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Fanout.Announcing;
using Fanout.Orchestration;
using Fanout.Tests.Handlers.Http;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Announcing;

public class WebhookSenderTests
{
    private const string Secret = "it is not said";

    private static readonly byte[] Body = "{\"runId\":\"nightly\"}"u8.ToArray();

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Request_HasTheBodyAndWhatReceiversTellAttemptsApartBy()
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Answer("204 No Content"));
        Assert.Equal(AnnounceResult.Delivered, await SendAsync(new WebhookSpec($"{server.Url}/hooks?token=t")));
        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/hooks?token=t", "{\"runId\":\"nightly\"}"), (request.Method, request.Target, request.Body));
        Assert.Equal("application/json", request.Headers["Content-Type"]);
        Assert.Equal(
            ("nightly", "nightly", "nightly", _time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
            (request.Headers["Fanout-Run-Id"], request.Headers["Fanout-Delivery"], request.Headers["Idempotency-Key"], request.Headers["Fanout-Timestamp"]));
        Assert.DoesNotContain("Fanout-Signature", request.Headers.Keys);
    }

    [Fact]
    public async Task SignedRequest_IsBelievedByWhoKnowsTheSecret()
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Answer("200 OK"));
        await SendAsync(new WebhookSpec(server.Url, "WEBHOOK_SECRET"));
        var request = Assert.Single(server.Requests);
        Assert.True(WebhookSignature.Verify(
            Secret, request.Headers[WebhookSignature.TimestampHeader], Encoding.UTF8.GetBytes(request.Body), request.Headers[WebhookSignature.SignatureHeader],
            TimeSpan.FromMinutes(5), _time.GetUtcNow()));
        Assert.DoesNotContain(Secret, string.Concat(request.Headers.Values) + request.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MISSING")]
    [InlineData("EMPTY")]
    public async Task WithoutItsSecret_NothingIsSent(string variable)
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Answer("200 OK"));
        var result = await SendAsync(new WebhookSpec(server.Url, variable));
        Assert.True(result.IsFinal);
        Assert.Contains(variable, result.Failure, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("503 Service Unavailable", "Retry-After: 20", false, 20)]
    [InlineData("429 Too Many Requests", "Retry-After: Mon, 23 Nov 2026 12:01:00 GMT", false, 60)]
    [InlineData("500 Internal Server Error", null, false, null)]
    [InlineData("307 Temporary Redirect", "Location: /elsewhere", true, null)]
    [InlineData("410 Gone", null, true, null)]
    public async Task Answer_SaysWhetherAndWhenToTryAgain(string status, string? header, bool isFinal, int? retryAfter)
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Answer(status, "Wrong signature v1=00", header is null ? [] : [header]));
        var result = await SendAsync(new WebhookSpec($"{server.Url}/secret-path?secret=1", "WEBHOOK_SECRET"));
        Assert.Equal(new AnnounceResult($"{server.Url} answered {status[..3]}", isFinal, retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null), result);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task NobodyListens_IsTriedAgainAndNamesTheHostOnly()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var result = await SendAsync(new WebhookSpec($"http://127.0.0.1:{port}/secret-path"));
        Assert.False(result.IsFinal);
        Assert.StartsWith($"http://127.0.0.1:{port} could not be reached: ", result.Failure, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-path", result.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectionThatBreaks_IsTriedAgain()
    {
        await using var server = new LoopbackServer(_ => throw new IOException("gone"));
        var result = await SendAsync(new WebhookSpec(server.Url));
        Assert.False(result.IsFinal);
        Assert.Contains("could not be reached", result.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReceiverThatDoesNotAnswer_IsTriedAgainAfterHalfAMinute()
    {
        using var over = new ManualResetEventSlim();
        await using var server = new LoopbackServer(_ =>
        {
            _time.Advance(AnnouncementPolicy.AttemptTimeout);
            over.Wait(TimeSpan.FromSeconds(60));
            return LoopbackServer.Answer("200 OK");
        });
        var result = await SendAsync(new WebhookSpec(server.Url));
        over.Set();
        Assert.Equal(new AnnounceResult($"{server.Url} did not answer within 30s"), result);
    }

    [Fact]
    public async Task HostThatIsAlwaysRefused_IsFinal()
    {
        var result = await SendAsync(new WebhookSpec("http://169.254.169.254/latest"));
        Assert.True(result.IsFinal);
        Assert.Contains("always refused", result.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ToldToStop_IsNoFailureOfTheReceiver()
    {
        using var stop = new CancellationTokenSource();
        using var over = new ManualResetEventSlim();
        await using var server = new LoopbackServer(_ =>
        {
            stop.Cancel();
            over.Wait(TimeSpan.FromSeconds(60));
            return LoopbackServer.Answer("200 OK");
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SendAsync(new WebhookSpec(server.Url), stop.Token));
        over.Set();
    }

    private Task<AnnounceResult> SendAsync(WebhookSpec webhook, CancellationToken stopping = default) =>
        new WebhookSender(_time, name => name switch { "WEBHOOK_SECRET" => Secret, "EMPTY" => "", _ => null }).SendAsync("nightly", webhook, Body, stopping);
}
