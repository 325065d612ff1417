using System.Buffers;
using System.Net;
using System.Text.Json;

namespace Fanout.Handlers.Http;

/// <summary>Sends a request for each item. The answer's status and body are the result; its status says whether it succeeded.</summary>
internal sealed class HttpItemHandler : ItemHandler
{
    private const int MostRedirects = 5;
    private readonly HttpOptions _options;
    private readonly HttpRequestTemplate _template;
    private readonly HostPolicy _policy;
    private readonly HttpMessageInvoker _invoker;
    private readonly TimeProvider _time;

    public HttpItemHandler(HttpOptions options, TimeProvider time, HostRules? rules = null)
    {
        _options = options;
        _time = time;
        _template = new(options);
        _policy = new(options.AllowHosts, rules);
        _invoker = new(HttpConnector.CreateHandler(options.ConnectTimeout, _policy), disposeHandler: true);
    }

    public override async ValueTask HandleAsync(ItemContext context, IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        var first = _template.CreateUrl(context);
        var (url, method) = (first, _options.Method);
        for (int redirects = 0; ; redirects++)
        {
            _policy.CheckHost(url);
            using var request = _template.Create(context, url, method, IsSameOrigin(first, url));
            if (await SendAsync(request, output, cancellationToken).ConfigureAwait(false) is not var (next, nextMethod))
                return;
            if (redirects == MostRedirects)
                throw new HttpItemException("TooManyRedirects", $"{first.GetLeftPart(UriPartial.Path)} redirected more than {MostRedirects} times; it may be a circle.");
            (url, method) = (next, nextMethod);
        }
    }

    public override ValueTask DisposeAsync()
    {
        _invoker.Dispose();
        return base.DisposeAsync();
    }

    // Null: answered, and the result is written. Otherwise where to go on.
    private async Task<(Uri Url, HttpMethod Method)?> SendAsync(HttpRequestMessage request, IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (_options.FollowRedirects && Redirect(request, response) is { } target)
                return target;
            if (!response.IsSuccessStatusCode)
                throw HttpErrors.Answered(request, response, await ExcerptAsync(response.Content, cancellationToken).ConfigureAwait(false), _time.GetUtcNow());
            using var body = await ResponseBody.ReadAsync(response.Content, _options.MaxResponseBytes, cancellationToken).ConfigureAwait(false);
            Write(response, body, output);
            return null;
        }
        catch (Exception e) when (HttpErrors.Thrown(e, request, cancellationToken) is { } failure)
        {
            throw failure;
        }
    }

    // The status is known whatever becomes of the body: a 429 that breaks off is one still.
    private async Task<string> ExcerptAsync(HttpContent content, CancellationToken cancellationToken)
    {
        try
        {
            using var body = await ResponseBody.ReadAsync(content, _options.MaxResponseBytes, cancellationToken).ConfigureAwait(false);
            return body.Excerpt(content.Headers.ContentType);
        }
        catch (Exception broken) when (broken is IOException or InvalidDataException or HttpRequestException)
        {
            return "";
        }
    }

    private static void Write(HttpResponseMessage response, ResponseBody body, IBufferWriter<byte> output)
    {
        var writer = JsonOutput.Rent(output);
        writer.WriteStartObject();
        writer.WriteNumber("status"u8, (int)response.StatusCode);
        body.TryWrite(response.Content.Headers.ContentType, writer);
        if (body.Truncated)
            writer.WriteBoolean("truncated"u8, true);
        writer.WriteEndObject();
        writer.Flush();
    }

    private static (Uri, HttpMethod)? Redirect(HttpRequestMessage request, HttpResponseMessage response)
    {
        if (response.Headers.Location is not { } location || response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found
            or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
            return null;
        var target = new Uri(request.RequestUri!, location);
        if (target.Scheme is not ("http" or "https") || (request.RequestUri!.Scheme == "https" && target.Scheme != "https"))
            throw new HttpItemException("BadRedirect", $"{request.RequestUri!.GetLeftPart(UriPartial.Path)} redirected to {target.Scheme}, which is not followed.");
        return (target, MethodAfter(response.StatusCode, request.Method));
    }

    // RFC 9110, section 15.4: 307 and 308 repeat the request, after the others everything but HEAD becomes GET, as browsers do.
    private static HttpMethod MethodAfter(HttpStatusCode status, HttpMethod method) =>
        status is HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect || method == HttpMethod.Head ? method : HttpMethod.Get;

    private static bool IsSameOrigin(Uri a, Uri b) =>
        Uri.Compare(a, b, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;
}
