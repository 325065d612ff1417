using Fanout.Api.Answers;
using Microsoft.AspNetCore.Http;

namespace Fanout.Api;

/// <summary>A route: who may ask, and how it is answered.</summary>
/// <param name="Name">Its name, such as <c>startRun</c>.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Pattern">The path, such as <c>api/runs/{id}</c>.</param>
/// <param name="Role">Who may ask.</param>
/// <param name="Summary">What it does, in a line.</param>
/// <param name="Answer">Answers; exceptions become problems in <see cref="HandleAsync"/>.</param>
public sealed record ApiRoute(string Name, string Method, string Pattern, ApiRole Role, string Summary, Func<ApiCall, Task<IResult>> Answer)
{
    /// <summary>What its body is read as; null: it has none.</summary>
    public Type? Body { get; init; }

    /// <summary>What it answers with when all is well.</summary>
    public IReadOnlyList<ApiAnswer> Answers { get; init; } = [];

    /// <summary>Query parameters and headers, each with what it is.</summary>
    public IReadOnlyList<ApiParameter> Parameters { get; init; } = [];

    /// <summary>Statuses of the problems it may answer with, beside 400, 401, 403, 429 and 503.</summary>
    public IReadOnlyList<int> Problems { get; init; } = [];

    /// <summary>True: what it answers stays as it was, whatever its method is. Default: false.</summary>
    public bool OnlyAsks { get; init; }

    /// <summary>True: what was looked up a moment ago for one caller may be told to another who asks the same. Default: false.</summary>
    public bool MayBeShared { get; init; }

    /// <summary>True: answering may change something.</summary>
    public bool IsChange => Method is not "GET" && !OnlyAsks;

    /// <summary>The answer, whatever happens: what Fanout refuses, and what fails, as problem details.</summary>
    public async Task<IResult> HandleAsync(ApiCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        try
        {
            return await Answer(call).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // No stack trace leaves the process.
        catch (Exception exception) when (exception is not OperationCanceledException || !call.Aborted.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return Problem.Of(exception, call.Http);
        }
    }
}

/// <summary>An answer.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">Its type; null: none.</param>
/// <param name="ContentType">Its media type.</param>
public sealed record ApiAnswer(int Status, Type? Body = null, string ContentType = "application/json");

/// <summary>A parameter.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is, its range and default.</param>
/// <param name="IsHeader">True: a header; false: in the query.</param>
/// <param name="IsNumber">True: a whole number.</param>
public sealed record ApiParameter(string Name, string Description, bool IsHeader = false, bool IsNumber = false);
