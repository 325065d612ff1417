using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fanout.Api.Answers;

/// <summary>Problem details (RFC 9457): what was asked, why it cannot be, what to do.</summary>
/// <param name="Type">Names the kind of problem; <c>about:blank</c>: the status says it.</param>
/// <param name="Title">The kind in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">This occurrence.</param>
public sealed record Problem(string Type, string Title, int Status, string Detail)
{
    /// <summary>Its media type.</summary>
    public const string ContentType = "application/problem+json";

    /// <summary>What is wrong with the body, field by field; null: the detail says it.</summary>
    public IReadOnlyList<SpecError>? Errors { get; init; }

    /// <summary>The run it is about; null: none.</summary>
    public string? RunId { get; init; }

    /// <summary>A problem as an answer.</summary>
    public static IResult Answer(int status, string detail) => new ProblemAnswer(Create(status, detail));

    /// <summary>A problem.</summary>
    public static Problem Create(int status, string detail) => new("about:blank", TitleOf(status), status, detail);

    /// <summary>What an exception means to whoever asked. One that is not Fanout's is logged, and the answer does not tell what it was.</summary>
    public static IResult Of(Exception exception, HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(exception);
        ArgumentNullException.ThrowIfNull(http);
        var problem = exception switch
        {
            SpecException refused => Create(StatusCodes.Status400BadRequest, refused.Message) with { Errors = refused.Errors },
            RequestException bad => Create(bad.Status, bad.Message),
            BadHttpRequestException bad => Create(bad.StatusCode, bad.Message),
            JsonException => Create(StatusCodes.Status400BadRequest, "The body is not JSON. Send an object as the route's description says."),
            RunException run => Create(run.IsMissing ? StatusCodes.Status404NotFound : StatusCodes.Status409Conflict, run.Message) with { RunId = run.RunId },
            LimitException limit => Create(limit.IsMissing ? StatusCodes.Status404NotFound : StatusCodes.Status409Conflict, limit.Message),
            SourceException source => Create(StatusCodes.Status422UnprocessableEntity, source.Message),
            StorageException storage => Create(StatusCodes.Status503ServiceUnavailable, storage.Message),
            _ => Create(StatusCodes.Status500InternalServerError, "Something failed here that should not. The server's log has the details."),
        };
        if (problem.Status >= StatusCodes.Status500InternalServerError)
            LoggerOf(http).RequestFailed(exception, http.Request.Method, http.Request.Path.Value ?? "");
        return new ProblemAnswer(problem);
    }

    private static ILogger LoggerOf(HttpContext http) =>
        http.RequestServices?.GetService<ILoggerFactory>()?.CreateLogger("Fanout.Api") ?? NullLogger.Instance;

    private static string TitleOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "The request is not legal",
        StatusCodes.Status401Unauthorized => "A key is needed",
        StatusCodes.Status403Forbidden => "Not allowed",
        StatusCodes.Status404NotFound => "Not found",
        StatusCodes.Status405MethodNotAllowed => "Not with this method",
        StatusCodes.Status409Conflict => "The state does not allow it",
        StatusCodes.Status412PreconditionFailed => "It has changed meanwhile",
        StatusCodes.Status413PayloadTooLarge => "Too large",
        StatusCodes.Status415UnsupportedMediaType => "Not in this form",
        StatusCodes.Status422UnprocessableEntity => "The source cannot be read",
        StatusCodes.Status429TooManyRequests => "Too many requests",
        StatusCodes.Status503ServiceUnavailable => "The storage cannot be used now",
        _ => "Unexpected failure",
    };
}
