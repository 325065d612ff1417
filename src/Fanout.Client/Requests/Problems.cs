using System.Net;
using System.Text.Json;
using Fanout.Serialization;

namespace Fanout.Client.Requests;

/// <summary>What a refusal means to whoever asked.</summary>
internal static class Problems
{
    private const string MediaType = "application/problem+json";

    /// <summary>The exception that Fanout itself would have thrown, or one that tells of the server.</summary>
    public static async Task<Exception> ReadAsync(HttpResponseMessage answer, ApiRequest request, Uri baseAddress, CancellationToken cancellationToken)
    {
        var problem = await ReadProblemAsync(answer, cancellationToken).ConfigureAwait(false);
        return problem is null ? OfStranger(answer, request, baseAddress) : Of(problem, answer.StatusCode, request, baseAddress);
    }

    private static Exception Of(ProblemDetails problem, HttpStatusCode status, ApiRequest request, Uri baseAddress)
    {
        var detail = problem.Detail ?? problem.Title ?? status.ToString();
        var runId = problem.RunId ?? request.RunId;
        return status switch
        {
            HttpStatusCode.BadRequest when problem.Errors is { Count: > 0 } errors => new SpecException(errors),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Locked(detail, status, request, baseAddress),
            HttpStatusCode.NotFound when request.Limit is { } limit => new LimitException(limit, detail) { IsMissing = true },
            HttpStatusCode.NotFound when runId is not null => new RunException(runId, detail) { IsMissing = true },
            HttpStatusCode.Conflict when request.Limit is { } limit => new LimitException(limit, detail),
            HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed when runId is not null => new RunException(runId, detail),
            HttpStatusCode.UnprocessableEntity => new SourceException(detail),
            HttpStatusCode.ServiceUnavailable => new StorageException(detail) { MayPass = true },
            _ => new RemoteException(detail, (int)status) { MayPass = Repetition.IsPassing(status) },
        };
    }

    // A proxy, another program, or Functions itself, before the app is asked.
    private static RemoteException OfStranger(HttpResponseMessage answer, ApiRequest request, Uri baseAddress)
    {
        var status = answer.StatusCode;
        var said = $"{(int)status} {answer.ReasonPhrase ?? status.ToString()}";
        return status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Locked($"{said}.", status, request, baseAddress),
            HttpStatusCode.NotFound => new RemoteException($"There is no Fanout API at {baseAddress}api/. Give the server's URL without that.", (int)status),
            _ when answer.Headers.Location is { } location && (int)status is >= 300 and < 400 =>
                new RemoteException($"{baseAddress} sends its callers on to {new Uri(baseAddress, location).GetLeftPart(UriPartial.Authority)}. Give that URL if it is the server's.", (int)status),
            _ => new RemoteException($"{baseAddress} answered {said}.", (int)status) { MayPass = Repetition.IsPassing(status) },
        };
    }

    private static RemoteException Locked(string detail, HttpStatusCode status, ApiRequest request, Uri baseAddress) =>
        new($"{baseAddress} refused, as this takes a key with the role {request.Role}: {detail}", (int)status);

    private static async Task<ProblemDetails?> ReadProblemAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.Content.Headers.ContentType?.MediaType != MediaType)
            return null;
        try
        {
            var bytes = await answer.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return JsonSerializer.Deserialize<ProblemDetails>(bytes, FanoutJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>RFC 9457, as Fanout writes it.</summary>
    private sealed record ProblemDetails(string? Title, string? Detail, IReadOnlyList<SpecError>? Errors, string? RunId);
}
