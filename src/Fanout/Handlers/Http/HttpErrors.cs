using System.Globalization;
using System.Net;

namespace Fanout.Handlers.Http;

/// <summary>What the failures of requests are called, and which are worth another attempt.</summary>
internal static class HttpErrors
{
    /// <summary>The failure a response stands for.</summary>
    public static Exception Answered(HttpRequestMessage request, HttpResponseMessage response, string excerpt, DateTimeOffset now)
    {
        int status = (int)response.StatusCode;
        var type = string.Create(CultureInfo.InvariantCulture, $"Http{status}");
        var message = string.Create(CultureInfo.InvariantCulture, $"{Show(request)} answered {status} {response.ReasonPhrase}").TrimEnd();
        if (status is >= 300 and < 400 && response.Headers.Location is { } location)
            message += $" with the location {location}; set followRedirects, or request that instead";
        message = excerpt.Length == 0 ? message + "." : $"{message}: {excerpt}";
        var retryAfter = RetryAfter.Read(response.Headers, now);
        return status switch
        {
            429 => new HttpThrottledItemException(type, retryAfter, message),
            503 when retryAfter is not null => new HttpThrottledItemException(type, retryAfter, message),
            408 or 425 or >= 500 => new TransientItemException(type, message),
            _ => new HttpItemException(type, message),
        };
    }

    /// <summary>The failure behind what the HTTP stack threw; null: it is none of the network's, and is thrown on as it is.</summary>
    public static Exception? Thrown(Exception exception, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Refusal(exception) is { } refused)
            return refused;
        if (cancellationToken.IsCancellationRequested)
            return null;
        return exception switch
        {
            OperationCanceledException => new TransientItemException("ConnectTimeout", $"{Show(request)} got no connection in time.", exception),
            HttpRequestException failed => new TransientItemException(TypeOf(failed), $"{Show(request)} failed: {Innermost(failed)}", exception),
            IOException or InvalidDataException => new TransientItemException("ResponseEnded", $"The response to {Show(request)} broke off: {exception.Message}", exception),
            _ => null,
        };
    }

    /// <summary>The policy's refusal behind what the HTTP stack threw; null: there is none.</summary>
    public static HostRefusedItemException? Refusal(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is HostRefusedItemException refused)
                return refused;
        }
        return null;
    }

    /// <summary>What went wrong at the bottom of it.</summary>
    public static string Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
            exception = inner;
        return exception.Message;
    }

    private static string TypeOf(HttpRequestException failed) => failed.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "NameResolution",
        HttpRequestError.ConnectionError => "Connection",
        HttpRequestError.SecureConnectionError => "SecureConnection",
        HttpRequestError.ResponseEnded => "ResponseEnded",
        HttpRequestError.Unknown => "HttpRequest",
        var known => known.ToString(),
    };

    // Queries and user names are where secrets are.
    private static string Show(HttpRequestMessage request) =>
        $"{request.Method} {request.RequestUri!.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)}";
}
