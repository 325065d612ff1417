using System.Globalization;
using System.Text;
using Fanout.Api;
using Fanout.Api.Answers;
using Microsoft.AspNetCore.Http;

namespace Fanout.Server.Diagnosis;

/// <summary>Answers to requests to profile this process: one at a time, and only where that was allowed.</summary>
/// <param name="profiler">Records; null: it was not allowed.</param>
/// <param name="isDriven">Says whether a run is driven here.</param>
/// <param name="time">The clock, by which files are named.</param>
/// <param name="stopping">Cancelled when the server stops.</param>
internal sealed class ProfileAnswers(IProfiler? profiler, Func<string, bool> isDriven, TimeProvider time, CancellationToken stopping)
{
    /// <summary>The longest that may be recorded.</summary>
    public const int MostSeconds = 120;

    private const int DefaultSeconds = 10;
    private const string Trace = "nettrace";
    private const string Page = "html";

    private CancellationTokenSource? _underWay;

    public async Task<IResult> RecordAsync(ApiCall call)
    {
        if (profiler is null)
            return NotAllowed();
        if (Read(call.Request.Query, profiler.Kinds, out var request) is { } wrong)
            return Problem.Answer(StatusCodes.Status400BadRequest, wrong);
        if (request.Run is { } run && !isDriven(run))
        {
            var record = await call.Home.Runs.GetAsync(run, call.Aborted).ConfigureAwait(false);
            throw new RunException(run, $"Run '{run}' is not driven by this server, but by {record.DrivenBy ?? "nobody"}. Profile it where it is driven.");
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted, stopping);
        if (Interlocked.CompareExchange(ref _underWay, over, null) is not null)
            return Problem.Answer(StatusCodes.Status409Conflict, "A profile is being made already. Ask again when that one is over, or end it: DELETE /api/profile");
        try
        {
            return await RecordAsync(profiler, request, over.Token).ConfigureAwait(false);
        }
        catch (ServerException failure)
        {
            return Problem.Answer(StatusCodes.Status503ServiceUnavailable, failure.Message);
        }
        finally
        {
            Interlocked.Exchange(ref _underWay, null);
        }
    }

    public async Task<IResult> StopAsync(ApiCall call)
    {
        if (profiler is null)
            return NotAllowed();
        if (Volatile.Read(ref _underWay) is not { } over)
            return Problem.Answer(StatusCodes.Status404NotFound, "No profile is being made.");
        try
        {
            await over.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // It was over in this moment.
        }

        return TypedResults.NoContent();
    }

    private async Task<IResult> RecordAsync(IProfiler profiler, Request request, CancellationToken stop)
    {
        var path = Path.Combine(Path.GetTempPath(), $"fanout-{Path.GetRandomFileName()}.nettrace");
        var name = string.Create(CultureInfo.InvariantCulture, $"{request.Run ?? "server"}-{request.Kind}-{time.GetUtcNow():yyyyMMdd-HHmmss}");
        try
        {
            await profiler.RecordAsync(request.Kind, request.Duration, path, stop).ConfigureAwait(false);
            if (request.Format == Page)
                return TypedResults.File(Encoding.UTF8.GetBytes(await profiler.DrawAsync(request.Kind, path).ConfigureAwait(false)), "text/html; charset=utf-8", $"{name}.html");
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1 << 16, useAsync: true);
            return TypedResults.File(file, "application/octet-stream", $"{name}.nettrace");
        }
        finally
        {
            // What is open still is there until it was sent.
            File.Delete(path);
        }
    }

    private static string? Read(IQueryCollection query, IReadOnlyList<string> kinds, out Request request)
    {
        var (kind, format, seconds) = (Text(query, "kind") ?? kinds[0], Text(query, "format") ?? Trace, DefaultSeconds);
        request = new Request(kind, TimeSpan.Zero, format, Text(query, "run"));
        if (!kinds.Contains(kind))
            return $"The parameter 'kind' is none of {string.Join(", ", kinds)}.";
        if (format is not (Trace or Page))
            return $"The parameter 'format' is neither {Trace} nor {Page}.";
        if (Text(query, "seconds") is { } text && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seconds) || seconds is < 1 or > MostSeconds))
            return string.Create(CultureInfo.InvariantCulture, $"The parameter 'seconds' is not a whole number from 1 to {MostSeconds}.");
        request = request with { Duration = TimeSpan.FromSeconds(seconds) };
        return null;
    }

    private static string? Text(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

    private static IResult NotAllowed() => Problem.Answer(StatusCodes.Status404NotFound, "This server makes no profiles. Whoever starts it allows them with: fanout serve --allow-profile");

    private sealed record Request(string Kind, TimeSpan Duration, string Format, string? Run);
}
