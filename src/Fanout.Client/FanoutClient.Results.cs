using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Fanout.Client.Requests;
using Fanout.Client.Results;
using Fanout.Results;
using Fanout.Runs;
using Fanout.Serialization;

namespace Fanout.Client;

/// <content>Results.</content>
public sealed partial class FanoutClient
{
    /// <summary>Results in item order, streamed only as fast as they are taken; of a run that has not ended, those recorded so far. A connection that is lost is taken up where it broke.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="query">Which; null: all.</param>
    /// <param name="limit">At most so many; null: all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RunException">There is no such run.</exception>
    public async IAsyncEnumerable<ResultLine> ReadResultsAsync(
        string runId, ResultQuery? query = null, long? limit = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var line in ReadResultLinesAsync(runId, query, limit, cancellationToken).ConfigureAwait(false))
            yield return JsonSerializer.Deserialize<ResultLine>(line.Span, FanoutJson.Options)!;
    }

    /// <summary>As <see cref="ReadResultsAsync"/>, but each line as the server sent it: UTF-8 with its line end, valid until the next one is asked for.</summary>
    /// <inheritdoc cref="ReadResultsAsync"/>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadResultLinesAsync(
        string runId, ResultQuery? query = null, long? limit = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var lines = new ResultLines(query ?? new ResultQuery(), limit, OpenAsync, _options.MaxAttempts);
        await using var _ = lines.ConfigureAwait(false);
        while (await lines.MoveNextAsync(cancellationToken).ConfigureAwait(false))
            yield return lines.Current;

        Task<HttpResponseMessage> OpenAsync(ResultQuery rest, long? most) => _sender.OpenAsync(ResultsRequest(runId, rest, most), cancellationToken);
    }

    private static ApiRequest ResultsRequest(string runId, ResultQuery query, long? limit)
    {
        var parameters = string.Create(CultureInfo.InvariantCulture, $"?from={query.From}");
        if (query.To is { } to)
            parameters += string.Create(CultureInfo.InvariantCulture, $"&to={to}");
        if (limit is { } most)
            parameters += string.Create(CultureInfo.InvariantCulture, $"&limit={most}");
        if (query.Status is { } status)
            parameters += $"&status={string.Join(',', status)}";
        return OfRun(HttpMethod.Get, runId, "/results" + parameters) with { TakesItsTime = true };
    }
}
