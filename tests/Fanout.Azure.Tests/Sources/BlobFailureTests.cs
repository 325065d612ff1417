using Azure.Core;
using Fanout.Conformance.Sources;
using Fanout.Sources;
using Xunit;

namespace Fanout.Azure.Tests.Sources;

public sealed class BlobFailureTests
{
    private const string Secret = "c2VjcmV0c2VjcmV0";

    private const string Connection = $"DefaultEndpointsProtocol=https;AccountName=crm;AccountKey={Secret};EndpointSuffix=core.windows.net";

    private const string Signed = $"BlobEndpoint=https://crm.blob.core.windows.net;QueueEndpoint=https://crm.queue.core.windows.net;"
        + $"TableEndpoint=https://crm.table.core.windows.net;SharedAccessSignature=sv=2024-01-01&sp=r&sig={Secret}";

    private static readonly int[] Statuses =
        [400, 401, 402, 403, 405, 406, 408, 409, 410, 411, 413, 414, 415, 417, 421, 423, 429, 431, 451, 500, 501, 502, 503, 504, 507];

    private static readonly (int Status, string Code)[] Codes =
    [
        (403, "AuthorizationPermissionMismatch"), (409, "ContainerBeingDeleted"), (429, "TooManyRequests"), (500, "InternalError"),
        (503, "ServerBusy"), (504, "OperationTimedOut"),
    ];

    public static TheoryData<int, string?> Answers
    {
        get
        {
            var answers = new TheoryData<int, string?>();
            foreach (var status in Statuses)
                answers.Add(status, null);
            foreach (var (status, code) in Codes)
                answers.Add(status, code);
            return answers;
        }
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task AnswerThatSaysNothingOfTheBlob_IsTheStoragesFailure_AndShowsNoSecret(int status, string? code)
    {
        foreach (var connection in new[] { Connection, Signed })
        {
            foreach (var step in Steps(connection, _ => (status, code)))
            {
                var failure = await Assert.ThrowsAsync<StorageException>(step);
                Assert.Matches("^Could not (read blob 'orders/a.jsonl'|list container 'orders') in storage account 'crm': ", failure.Message);
                Assert.EndsWith(".", failure.Message, StringComparison.Ordinal);
                Assert.DoesNotContain(Secret, failure.ToString(), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData(404, "BlobNotFound", "There is no blob 'orders/a.jsonl' in storage account 'crm'.")]
    [InlineData(404, "ContainerNotFound", "There is no blob 'orders/a.jsonl' in storage account 'crm'.")]
    [InlineData(412, "ConditionNotMet", "Blob 'orders/a.jsonl' in storage account 'crm' changed or was deleted since the run was planned")]
    [InlineData(416, "InvalidRange", "Blob 'orders/a.jsonl' in storage account 'crm' changed or was deleted since the run was planned")]
    [InlineData(409, "BlobArchived", "Blob 'orders/a.jsonl' in storage account 'crm' is archived.")]
    [InlineData(409, "BlobBeingRehydrated", "Blob 'orders/a.jsonl' in storage account 'crm' is archived.")]
    public async Task BlobThatIsGoneOrChangedOrArchived_IsTheSourcesFailure(int status, string code, string message)
    {
        var text = new AzureSources(Connect(Connection, _ => (status, code))).OpenText(new BlobPath(null, "orders", "a.jsonl"));
        var failure = await Assert.ThrowsAsync<SourceException>(async () => await text.ReadAsync(new RemoteVersion(10, "\"0x1\""), 0, new byte[10], CancellationToken.None));
        Assert.StartsWith(message, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnswerThatEndsTooEarly_IsTheStoragesFailure()
    {
        var text = new AzureSources(Connect(Connection, _ => (206, null))).OpenText(new BlobPath(null, "orders", "a.jsonl"));
        var failure = await Assert.ThrowsAsync<StorageException>(async () => await text.ReadAsync(new RemoteVersion(10, "\"0x1\""), 0, new byte[10], CancellationToken.None));
        Assert.Contains("the connection broke", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryRead_IsPinnedToTheVersion()
    {
        var conditions = new List<string?>();
        var text = new AzureSources(Connect(Connection, request =>
        {
            conditions.Add(request.Headers.TryGetValue("If-Match", out var tag) ? tag : null);
            return (412, "ConditionNotMet");
        })).OpenText(new BlobPath(null, "orders", "a.jsonl"));
        await Assert.ThrowsAsync<SourceException>(async () => await text.ReadAsync(new RemoteVersion(10, "\"0x1\""), 0, new byte[10], CancellationToken.None));
        Assert.Equal(["\"0x1\""], conditions);
    }

    [Fact]
    public async Task BlobOfAnotherAccount_IsReadWithTheIdentity_AndOfThisOneAsItIsConnected()
    {
        var seen = new List<(string Url, string Scheme)>();
        var sources = new AzureSources(Connect(Connection, request =>
        {
            request.Headers.TryGetValue("Authorization", out var authorization);
            seen.Add((request.Uri.ToString(), authorization?.Split(' ')[0] ?? ""));
            return (200, null);
        }));
        foreach (var url in new[] { "https://other.blob.core.windows.net/orders/a%20b", "https://crm.blob.core.windows.net/orders/a" })
        {
            var text = sources.OpenText(BlobPath.Parse(url));
            Assert.Contains(url[8..url.IndexOf('.', StringComparison.Ordinal)], text.Name, StringComparison.Ordinal);
            await text.FindAsync(CancellationToken.None);
        }

        Assert.Equal(
            [("https://other.blob.core.windows.net/orders/a%20b", "Bearer"), ("https://crm.blob.core.windows.net/orders/a", "SharedKey")], seen);
    }

    private static IEnumerable<Func<Task>> Steps(string connection, Func<Request, (int, string?)> answer)
    {
        var storage = Connect(connection, answer);
        var factory = SourceReading.Factory(remote: new AzureSources(storage));
        var lines = factory.Create(new JsonlSourceSpec { Path = "blob://orders/a.jsonl" });
        var blobs = factory.Create(new BlobsSourceSpec { Container = "orders" });
        var text = new AzureSources(storage).OpenText(new BlobPath(null, "orders", "a.jsonl"));
        yield return async () => await lines.CheckAsync(CancellationToken.None);
        yield return async () => await lines.PlanAsync(new MemoryWorkspace(), CancellationToken.None);
        yield return async () => await text.ReadAsync(new RemoteVersion(10, "\"0x1\""), 0, new byte[10], CancellationToken.None);
        yield return async () => await blobs.CheckAsync(CancellationToken.None);
        yield return async () => await blobs.PlanAsync(new MemoryWorkspace(), CancellationToken.None);
        yield return async () => await new BlobReader(storage).OpenReadAsync(new BlobItem("orders", "a.jsonl", 1, "", default), CancellationToken.None);
    }

    private static AzureStorage Connect(string connection, Func<Request, (int, string?)> answer) => AzureStorage.Connect(
        connection, new AzureStorageOptions { MaxAttempts = 1, Transport = new AnsweringTransport(answer), Credential = new Identity() });

    private sealed class Identity : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(Secret, DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
