using System.Text.Json;
using Fanout.Client.Requests;
using Fanout.Client.Views;
using Fanout.Flow;
using Fanout.Serialization;
using Fanout.Views;

namespace Fanout.Client;

/// <content>Limits that runs share.</content>
public sealed partial class FanoutClient
{
    /// <summary>All limits, by name, with who has what share of them now.</summary>
    public async Task<IReadOnlyList<LimitView>> ListLimitsAsync(CancellationToken cancellationToken = default) =>
        (await GetAsync<LimitList>(new ApiRequest(HttpMethod.Get, "api/limits"), cancellationToken).ConfigureAwait(false)).Limits;

    /// <summary>One limit, with who has what share of it now.</summary>
    /// <exception cref="LimitException">There is none of that name.</exception>
    public Task<LimitView> GetLimitAsync(string name, CancellationToken cancellationToken = default) =>
        GetAsync<LimitView>(OfLimit(HttpMethod.Get, name), cancellationToken);

    /// <summary>Adds a limit, or changes it for the runs under it.</summary>
    /// <exception cref="SpecException">A value is out of its range, or there is neither a concurrency nor a rate.</exception>
    public Task<LimitView> SetLimitAsync(LimitSpec limit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(limit);
        var body = new { limit.Concurrency, limit.Rate, Burst = limit.Rate is null ? (int?)null : limit.Burst };
        return GetAsync<LimitView>(OfLimit(HttpMethod.Put, limit.Name) with { Body = JsonSerializer.SerializeToUtf8Bytes(body, FanoutJson.Options) }, cancellationToken);
    }

    /// <summary>Removes a limit that no run needs any more.</summary>
    /// <exception cref="LimitException">There is none of that name, or runs that have not ended name it.</exception>
    public async Task RemoveLimitAsync(string name, CancellationToken cancellationToken = default)
    {
        using var answer = await _sender.SendAsync(OfLimit(HttpMethod.Delete, name), cancellationToken).ConfigureAwait(false);
    }

    private static ApiRequest OfLimit(HttpMethod method, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new ApiRequest(method, $"api/limits/{Uri.EscapeDataString(name)}") { Limit = name };
    }
}
