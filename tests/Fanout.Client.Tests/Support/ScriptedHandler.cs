using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace Fanout.Client.Tests.Support;

/// <summary>A server that gives the answers it was told, one after the other, and keeps what it was asked.</summary>
internal sealed class ScriptedHandler : HttpMessageHandler
{
    private readonly Queue<Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>> _answers = new();

    public List<string> Asked { get; } = [];

    public List<HttpRequestMessage> Requests { get; } = [];

    public ScriptedHandler Then(HttpStatusCode status, string body = "", string type = "application/json", Action<HttpResponseMessage>? change = null) => Then(_ =>
    {
        var answer = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, type) };
        change?.Invoke(answer);
        return answer;
    });

    public ScriptedHandler ThenProblem(HttpStatusCode status, string detail, string more = "") =>
        Then(status, $$"""{"type":"about:blank","title":"No","status":{{(int)status}},"detail":"{{detail}}"{{more}}}""", "application/problem+json");

    public ScriptedHandler Then(Func<HttpRequestMessage, HttpResponseMessage> answer) => Then((request, _) => Task.FromResult(answer(request)));

    public ScriptedHandler Then(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer)
    {
        _answers.Enqueue(answer);
        return this;
    }

    public ScriptedHandler ThenBreak() => Then(_ => throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused"));

    /// <summary>A client of it whose clock passes as soon as somebody waits.</summary>
    public FanoutClient Connect(FakeTimeProvider? time = null, Func<FanoutClientOptions, FanoutClientOptions>? change = null)
    {
        var options = new FanoutClientOptions { BaseAddress = new Uri("http://fanout.test/base"), Key = "k3y", Time = time ?? new FakeTimeProvider(), Random = new Random(1) };
        return new FanoutClient(new HttpClient(this), change?.Invoke(options) ?? options);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        Asked.Add($"{request.Method} {request.RequestUri!.PathAndQuery}");
        return _answers.TryDequeue(out var answer) ? await answer(request, cancellationToken) : throw new InvalidOperationException($"Nobody told what to answer to {Asked[^1]}.");
    }
}
