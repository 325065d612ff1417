using System.Globalization;
using System.Text.Json;
using Fanout.Serialization;
using Microsoft.AspNetCore.Http;

namespace Fanout.Api.Answers;

/// <summary>Writes a problem.</summary>
/// <param name="problem">What to tell.</param>
internal sealed class ProblemAnswer(Problem problem) : IResult
{
    private const int RetryAfterSeconds = 5;

    public Problem Problem { get; } = problem;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Problem.Status;
        response.ContentType = Problem.ContentType;
        response.Headers.CacheControl = "no-store";
        if (Problem.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            response.Headers.RetryAfter = response.Headers.RetryAfter is { Count: > 0 } said ? said : RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return JsonSerializer.SerializeAsync(response.Body, Problem, FanoutJson.Options, httpContext.RequestAborted);
    }
}
