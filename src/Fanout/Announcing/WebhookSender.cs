using System.Globalization;
using System.Net.Http.Headers;
using Fanout.Handlers.Http;
using Fanout.Orchestration;

namespace Fanout.Announcing;

/// <summary>Posts a report to a URL, to hosts that requests may go to.</summary>
/// <param name="time">The clock.</param>
/// <param name="variable">Environment variables, where secrets are.</param>
/// <param name="rules">Where this process sends requests; null: anywhere that is not always refused.</param>
internal sealed class WebhookSender(TimeProvider time, Func<string, string?> variable, HostRules? rules = null)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private readonly HostPolicy _hosts = new(allowed: null, rules);

    /// <summary>One attempt. Redirects are not followed: what is signed for one receiver is not for another.</summary>
    /// <exception cref="OperationCanceledException">It was told to stop; the receiver may have got it.</exception>
    public async Task<AnnounceResult> SendAsync(string runId, WebhookSpec webhook, byte[] body, CancellationToken stopping)
    {
        var secret = webhook.SecretFrom is { } name ? variable(name) : null;
        // Unsigned it would be refused, or believed by whoever does not look: neither is what was asked for.
        if (webhook.SecretFrom is not null && string.IsNullOrEmpty(secret))
            return new AnnounceResult($"the environment variable {webhook.SecretFrom}, which signs it, is not set in the process that was to send it", IsFinal: true);
        var url = new Uri(webhook.Url);
        using var timeout = new CancellationTokenSource(AnnouncementPolicy.AttemptTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
        // One for each attempt: they are seconds apart, and nothing is left open meanwhile.
        using var invoker = new HttpMessageInvoker(HttpConnector.CreateHandler(ConnectTimeout, _hosts), disposeHandler: true);
        using var request = Create(runId, url, body, secret);
        try
        {
            _hosts.CheckHost(url);
            using var response = await invoker.SendAsync(request, either.Token).ConfigureAwait(false);
            return AnnouncementPolicy.Judge(Show(url), response.StatusCode, RetryAfter.Read(response.Headers, time.GetUtcNow()));
        }
        catch (Exception exception) when (Failed(exception, url, stopping) is { } failed)
        {
            return failed;
        }
    }

    private HttpRequestMessage Create(string runId, Uri url, byte[] body, string? secret)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        request.Headers.Add("Fanout-Run-Id", runId);
        // A run ends once: its id tells the attempts at one delivery from those at another.
        request.Headers.Add("Fanout-Delivery", runId);
        request.Headers.Add("Idempotency-Key", runId);
        request.Headers.Add(WebhookSignature.TimestampHeader, timestamp);
        if (secret is not null)
            request.Headers.Add(WebhookSignature.SignatureHeader, WebhookSignature.Sign(secret, timestamp, body));
        return request;
    }

    private static AnnounceResult? Failed(Exception exception, Uri url, CancellationToken stopping)
    {
        if (HttpErrors.Refusal(exception) is { } refused)
            return new AnnounceResult(refused.Message, IsFinal: true);
        if (stopping.IsCancellationRequested)
            return null;
        return exception switch
        {
            OperationCanceledException => new AnnounceResult($"{Show(url)} did not answer within {HumanDuration.Format(AnnouncementPolicy.AttemptTimeout)}"),
            HttpRequestException or IOException => new AnnounceResult($"{Show(url)} could not be reached: {HttpErrors.Innermost(exception)}"),
            _ => null,
        };
    }

    // Paths and queries of webhooks are often secrets.
    private static string Show(Uri url) => url.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
}
