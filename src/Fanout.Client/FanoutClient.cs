using System.Text.Json;
using System.Text.Json.Nodes;
using Fanout.Client.Requests;
using Fanout.Client.Views;
using Fanout.Serialization;
using Fanout.Views;

namespace Fanout.Client;

/// <summary>
/// Fanout's HTTP API, on the local server and on Azure Functions: a method for each route. What may be repeated without harm (all but cancelling and
/// changing a run) is repeated while the server is away or busy, within <see cref="FanoutClientOptions"/>. Safe to use from several threads.
/// </summary>
/// <remarks>
/// What the server refuses comes as the exceptions Fanout itself throws: <see cref="SpecException"/>, <see cref="RunException"/>,
/// <see cref="LimitException"/>, <see cref="SourceException"/>, <see cref="StorageException"/>; all else as <see cref="RemoteException"/>.
/// </remarks>
public sealed partial class FanoutClient : IDisposable
{
    private readonly FanoutClientOptions _options;
    private readonly RequestSender _sender;
    private readonly HttpClient? _ownHttp;

    /// <summary>Over connections of its own, which follow no redirects.</summary>
    /// <param name="baseAddress">The server's URL, such as <c>http://localhost:8430</c>.</param>
    /// <param name="key">The key; null: the server wants none.</param>
    /// <exception cref="ArgumentException">The URL is not absolute http or https, or has a user name; or the key has characters that no key has.</exception>
    public FanoutClient(Uri baseAddress, string? key = null)
        : this(new FanoutClientOptions { BaseAddress = baseAddress, Key = key })
    {
    }

    /// <inheritdoc cref="FanoutClient(Uri, string?)"/>
    /// <param name="options">Where the server is, and how patient the client is.</param>
    public FanoutClient(FanoutClientOptions options)
        : this(Connections.Open(options), options) => _ownHttp = _sender.Http;

    /// <summary>Over a client of the caller's, who disposes it. Its own time-out and redirects are the caller's business, too.</summary>
    /// <param name="http">Sends requests.</param>
    /// <param name="options">Where the server is, and how patient the client is; null: the defaults.</param>
    /// <exception cref="ArgumentException">Neither has a URL, or it is none, or the key has characters that no key has.</exception>
    public FanoutClient(HttpClient http, FanoutClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        _options = options ?? new FanoutClientOptions();
        _sender = new RequestSender(http, Connections.BaseOf(_options.BaseAddress ?? http.BaseAddress), _options);
        BaseAddress = _sender.BaseAddress;
    }

    /// <summary>The server's URL, with a slash at its end.</summary>
    public Uri BaseAddress { get; }

    /// <summary>What can be done at the server.</summary>
    public Task<Capabilities> GetCapabilitiesAsync(CancellationToken cancellationToken = default) =>
        GetAsync<Capabilities>(new ApiRequest(HttpMethod.Get, "api/capabilities"), cancellationToken);

    /// <summary>The JSON schema of a spec, as the server reads it.</summary>
    public async Task<string> GetSchemaAsync(CancellationToken cancellationToken = default)
    {
        using var answer = await _sender.SendAsync(new ApiRequest(HttpMethod.Get, "api/schema"), cancellationToken).ConfigureAwait(false);
        return await answer.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>That the server and its storage are well. Needs no key.</summary>
    /// <exception cref="StorageException">Its storage is away.</exception>
    public Task<Health> GetHealthAsync(CancellationToken cancellationToken = default) =>
        GetAsync<Health>(new ApiRequest(HttpMethod.Get, "api/health"), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _ownHttp?.Dispose();

    private async Task<T> GetAsync<T>(ApiRequest request, CancellationToken cancellationToken)
    {
        using var answer = await _sender.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return await ReadAsync<T>(answer, cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            var stream = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            return await JsonSerializer.DeserializeAsync<T>(stream, FanoutJson.Options, cancellationToken).ConfigureAwait(false) ?? throw new JsonException("It is null.");
        }
        catch (JsonException failure)
        {
            throw new RemoteException($"{BaseAddress} answered with something else than Fanout's API does: {failure.Message} Is that URL a Fanout server's?", innerException: failure);
        }
    }

    private static byte[] Json(JsonNode document) => JsonSerializer.SerializeToUtf8Bytes(document, FanoutJson.Options);
}
