using Azure.Core;
using Azure.Core.Pipeline;

namespace Fanout.Azure.Tests.Tables;

/// <summary>What becomes of one request.</summary>
internal enum Fate
{
    /// <summary>It is answered.</summary>
    Answered,

    /// <summary>It is done, and its answer is lost on the way back.</summary>
    AnswerLost,

    /// <summary>Nobody ever answers.</summary>
    Hangs,

    /// <summary>503 ServerBusy, and nothing is done.</summary>
    Throttled,

    /// <summary>500, and nothing is done.</summary>
    Fails,

    /// <summary>412, although nothing is wrong with it.</summary>
    Conflicts,
}

/// <summary>Sends requests, counts them, and does with each what the test says.</summary>
internal sealed class ScriptedTransport : HttpPipelineTransport
{
    private readonly HttpClientTransport _network = HttpClientTransport.Shared;
    private int _requests;
    private int _largest;

    /// <summary>What becomes of a request; null: it is answered.</summary>
    public Func<Request, Fate>? Script { get; set; }

    /// <summary>Requests so far, those that failed among them.</summary>
    public int Requests => _requests;

    /// <summary>Bytes of the largest body sent.</summary>
    public int Largest => _largest;

    /// <summary>Requests while something is done.</summary>
    public async Task<int> CountAsync(Func<Task> act)
    {
        var before = _requests;
        await act();
        return _requests - before;
    }

    public override Request CreateRequest() => _network.CreateRequest();

    public override void Process(HttpMessage message) => throw new NotSupportedException("Nothing here waits for an answer with its thread.");

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        Interlocked.Increment(ref _requests);
        if (message.Request.Content?.TryComputeLength(out var length) == true)
            _largest = Math.Max(_largest, (int)length);
        switch (Script?.Invoke(message.Request) ?? Fate.Answered)
        {
            case Fate.Answered:
                await _network.ProcessAsync(message);
                break;
            case Fate.AnswerLost:
                await _network.ProcessAsync(message);
                throw new IOException("The connection was reset.");
            case Fate.Hangs:
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, message.CancellationToken);
                break;
            case Fate.Throttled:
                message.Response = new CannedResponse(503, "ServerBusy");
                break;
            case Fate.Fails:
                message.Response = new CannedResponse(500, "InternalError");
                break;
            case Fate.Conflicts:
                message.Response = new CannedResponse(412, "UpdateConditionNotSatisfied");
                break;
        }
    }
}
