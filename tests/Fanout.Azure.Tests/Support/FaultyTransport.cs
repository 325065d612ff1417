using System.Net.Sockets;
using Azure.Core.Pipeline;

namespace Fanout.Azure.Tests.Support;

/// <summary>
/// The way to an account, on which requests go wrong: those a script picks, all of them until it is healed, or some by a seed. Given through
/// <c>AzureStorageOptions.Transport</c>: <c>azurite.NewHub(faulty.In)</c>. It stands below the SDK's retries: each attempt is one request.
/// </summary>
internal sealed class FaultyTransport : DelegatingHandler
{
    private readonly Lock _lock = new();
    private Func<HttpRequestMessage, Fault?> _script = static _ => null;
    private int _requests;
    private int _faults;

    public FaultyTransport()
        : base(new SocketsHttpHandler())
    {
        // The SDK has a time-out of its own, which is to be felt.
        Transport = new HttpClientTransport(new HttpClient(this) { Timeout = Timeout.InfiniteTimeSpan });
    }

    /// <summary>To be given to the SDK.</summary>
    public HttpPipelineTransport Transport { get; }

    /// <summary>Requests so far, those that went wrong included.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Requests that went wrong.</summary>
    public int Faults => Volatile.Read(ref _faults);

    /// <summary>Some requests go wrong, the same ones for the same seed and order of requests.</summary>
    /// <param name="seed">To be printed by the test.</param>
    /// <param name="share">Of all requests, 0 to 1.</param>
    /// <param name="faults">How; null: <see cref="Fault.Transient"/>.</param>
    public static FaultyTransport Seeded(int seed, double share, IReadOnlyList<Fault>? faults = null)
    {
        var random = new Random(seed);
        faults ??= Fault.Transient;
        var transport = new FaultyTransport();
        transport.Script(_ => random.NextDouble() < share ? faults[random.Next(faults.Count)] : null);
        return transport;
    }

    /// <summary>Options whose requests go this way; short waits, so that what goes wrong goes wrong at once.</summary>
    public AzureStorageOptions In(AzureStorageOptions options) =>
        options with { Transport = Transport, RequestTimeout = TimeSpan.FromSeconds(2), MaxAttempts = 2 };

    /// <summary>From now on each request is put to this, one after another; null lets it pass.</summary>
    public void Script(Func<HttpRequestMessage, Fault?> script)
    {
        lock (_lock)
            _script = script;
    }

    /// <summary>From now on every request goes wrong.</summary>
    public void Break(Fault fault) => Script(_ => fault);

    /// <summary>The next requests that match go wrong, one for each fault; then all is well.</summary>
    public void FailNext(Func<HttpRequestMessage, bool> match, params Fault[] faults)
    {
        var left = new Queue<Fault>(faults);
        Script(request => left.Count > 0 && match(request) ? left.Dequeue() : null);
    }

    /// <summary>From now on nothing goes wrong.</summary>
    public void Heal() => Script(static _ => null);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _requests);
        Fault? fault;
        lock (_lock)
            fault = _script(request);
        if (fault is not null)
            Interlocked.Increment(ref _faults);
        switch (fault)
        {
            case Fault.Refusal refusal:
                return Refuse(request, refusal);
            case Fault.Reset:
                throw Broken();
            case Fault.Silence:
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                throw Broken();
            case Fault.LostAnswer:
                (await base.SendAsync(request, cancellationToken)).Dispose();
                throw Broken();
            default:
                return await base.SendAsync(request, cancellationToken);
        }
    }

    private static HttpResponseMessage Refuse(HttpRequestMessage request, Fault.Refusal refusal)
    {
        var response = new HttpResponseMessage(refusal.Status)
        {
            RequestMessage = request,
            Content = new StringContent($"<?xml version=\"1.0\"?><Error><Code>{refusal.Code}</Code><Message>On purpose.</Message></Error>", null, "application/xml"),
        };
        response.Headers.Add("x-ms-error-code", refusal.Code);
        return response;
    }

    private static HttpRequestException Broken() =>
        new(HttpRequestError.ConnectionError, "The connection was reset.", new SocketException((int)SocketError.ConnectionReset));
}
