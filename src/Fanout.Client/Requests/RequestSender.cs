using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Polly;
using Polly.Timeout;

namespace Fanout.Client.Requests;

/// <summary>Sends requests, again if need be, and makes exceptions of what the server refuses.</summary>
internal sealed class RequestSender
{
    /// <summary>The largest answer that is read whole; results are streamed. 256 MiB.</summary>
    private const long MostBytes = 256L << 20;

    private const int KeyBytes = 16;

    private readonly Lock _lock = new();
    private readonly FanoutClientOptions _options;
    private readonly string? _key;
    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline;

    public RequestSender(HttpClient http, Uri baseAddress, FanoutClientOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxAttempts, 100);
        Http = http;
        BaseAddress = baseAddress;
        _options = options;
        _key = Connections.CheckKey(options.Key);
        _pipeline = Repetition.Create(options, NextDouble);
    }

    public HttpClient Http { get; }

    public Uri BaseAddress { get; }

    /// <summary>An idempotency key.</summary>
    public string MakeKey()
    {
        lock (_lock)
            return _options.Random.GetHexString(2 * KeyBytes, lowercase: true);
    }

    /// <summary>An answer that is all there: what was asked for, or that it has not changed (304).</summary>
    /// <exception cref="FanoutException">The server refused, or could not be reached.</exception>
    public Task<HttpResponseMessage> SendAsync(ApiRequest request, CancellationToken cancellationToken) => SendAsync(request, whole: true, cancellationToken);

    /// <summary>An answer whose body is still to be read.</summary>
    /// <inheritdoc cref="SendAsync(ApiRequest, CancellationToken)"/>
    public Task<HttpResponseMessage> OpenAsync(ApiRequest request, CancellationToken cancellationToken) => SendAsync(request, whole: false, cancellationToken);

    private async Task<HttpResponseMessage> SendAsync(ApiRequest request, bool whole, CancellationToken cancellationToken)
    {
        var sent = new SentRequest(request, _options.Time.GetTimestamp());
        var answer = await TrySendAsync(sent, whole, cancellationToken).ConfigureAwait(false);
        if (answer.IsSuccessStatusCode || answer.StatusCode is HttpStatusCode.NotModified || IsGoneAlready(sent, answer))
            return answer;
        using (answer)
            throw await Problems.ReadAsync(answer, request, BaseAddress, cancellationToken).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> TrySendAsync(SentRequest sent, bool whole, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        Repetition.Set(context, sent);
        try
        {
            return await _pipeline.ExecuteAsync(
                static (context, state) => new ValueTask<HttpResponseMessage>(state.Sender.SendOnceAsync(state.Request, state.Whole, context.CancellationToken)),
                context,
                (Sender: this, sent.Request, Whole: whole)).ConfigureAwait(false);
        }
        catch (Exception failure) when (Repetition.IsPassing(failure) || failure is HttpRequestException)
        {
            throw Unreachable(failure);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(ApiRequest request, bool whole, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(request.Method, new Uri(BaseAddress, request.Path));
        foreach (var (name, value) in request.Headers)
            message.Headers.TryAddWithoutValidation(name, value);
        if (_key is not null)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _key);
            message.Headers.Add("x-functions-key", _key);
        }

        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        var answer = await Http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        try
        {
            if (whole || !answer.IsSuccessStatusCode)
                await answer.Content.LoadIntoBufferAsync(MostBytes, cancellationToken).ConfigureAwait(false);
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    // An earlier attempt deleted it, and its answer was lost.
    private static bool IsGoneAlready(SentRequest sent, HttpResponseMessage answer) =>
        sent.WasRepeated && sent.Request.Method == HttpMethod.Delete && answer.StatusCode is HttpStatusCode.NotFound;

    private RemoteException Unreachable(Exception failure)
    {
        var message = failure is TimeoutRejectedException or TaskCanceledException
            ? string.Create(CultureInfo.InvariantCulture, $"{BaseAddress} did not answer within {_options.AttemptTimeout.TotalSeconds:0.#} s. Is the server well?")
            : $"{BaseAddress} cannot be reached: {failure.Message}";
        return new RemoteException(message, innerException: failure) { MayPass = Repetition.IsPassing(failure) };
    }

    private double NextDouble()
    {
        lock (_lock)
            return _options.Random.NextDouble();
    }
}
