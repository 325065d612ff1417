using Azure.Storage.Blobs.Specialized;
using Fanout.Azure.Tests.Support;
using Xunit;

namespace Fanout.Azure.Tests.Storage;

/// <summary>However the account fails, whatever reads or writes blobs says so as a failure of storage, in which nothing is secret.</summary>
[Trait("Category", Categories.Azurite)]
public sealed class BlobFailureTests : IDisposable
{
    private static readonly CancellationToken Never = CancellationToken.None;

    private readonly FaultyTransport _faulty = new();

    public static TheoryData<int, string> Answers { get; } = new()
    {
        { 400, "InvalidInput" }, { 401, "NoAuthenticationInformation" }, { 403, "AuthenticationFailed" }, { 409, "ContainerBeingDeleted" }, { 429, "TooManyRequests" },
        { 500, "InternalError" }, { 500, "OperationTimedOut" }, { 502, "BadGateway" }, { 503, "ServerBusy" }, { 504, "GatewayTimeout" },
    };

    public void Dispose() => _faulty.Dispose();

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task AnswerOfAnyKind_IsAFailureOfStorage(int status, string code)
    {
        var failures = await FailAsync(Fault.Answer(status, code), TimeSpan.FromSeconds(30));
        Assert.All(failures, failure => Assert.Contains(code, failure.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ConnectionThatBreaks_IsAFailureOfStorage()
    {
        var failures = await FailAsync(new Fault.Reset(), TimeSpan.FromSeconds(30));
        Assert.All(failures, failure => Assert.Contains("cannot be reached", failure.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AccountThatNeverAnswers_IsAFailureOfStorage()
    {
        var failures = await FailAsync(new Fault.Silence(), TimeSpan.FromSeconds(0.1));
        Assert.All(failures, failure => Assert.Contains("did not answer in time", failure.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhoeverNoLongerWaits_IsToldThat_NotOfStorage()
    {
        var store = new BlobResultStore(await HubAsync(TimeSpan.FromSeconds(30)));
        using var stop = new CancellationTokenSource();
        _faulty.Script(_ =>
        {
            stop.Cancel();
            return new Fault.Silence();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.ReadDocumentAsync("run", "plan.json", stop.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.OpenPartAsync("run", "part", stop.Token));
    }

    private async Task<List<StorageException>> FailAsync(Fault fault, TimeSpan timeout)
    {
        var healthy = await HubAsync(TimeSpan.FromSeconds(30));
        var hub = AzureStorage.Connect((await Azurite.SharedAsync()).ConnectionString, _faulty.In(new AzureStorageOptions { Hub = healthy.Hub }) with { MaxAttempts = 1, RequestTimeout = timeout });
        var store = new BlobResultStore(hub);
        var workspace = new BlobWorkspace(hub, "run");
        await using var writer = new BlobPartWriter(hub, hub.Container.GetAppendBlobClient("results/run/part"));
        workspace.Create("a").Dispose();
        Func<Task>[] requests =
        [
            async () => await store.CreatePartAsync("run", "other", Never),
            async () => await writer.AppendAsync(new byte[10], Never),
            async () => await store.OpenPartAsync("run", "part", Never),
            async () => await store.WriteDocumentAsync("run", "plan.json", new byte[10], Never),
            async () => await store.ReadDocumentAsync("run", "plan.json", Never),
            async () => await store.ListDocumentsAsync("run", "", Never).ToListAsync(Never),
            async () => await store.DeleteDocumentAsync("run", "plan.json", Never),
            async () => await store.DeleteRunAsync("run", Never),
            async () => await hub.EnsureContainerAsync(Never),
            () => Task.Run(() => workspace.Publish("a")),
            () => Task.Run(() => workspace.Exists("a")),
            () => Task.Run(() => workspace.OpenRead("a")),
            async () => await workspace.DeleteAsync(Never),
        ];
        _faulty.Break(fault);
        var failures = new List<StorageException>();
        foreach (var request in requests)
            failures.Add(await Assert.ThrowsAsync<StorageException>(request));
        Assert.All(failures, failure => Assert.DoesNotContain("Eby8vdM02", failure.ToString(), StringComparison.Ordinal));
        Assert.All(failures, failure => Assert.Contains("in storage account 'devstoreaccount1'", failure.Message, StringComparison.Ordinal));
        return failures;
    }

    private async Task<AzureStorage> HubAsync(TimeSpan timeout)
    {
        var hub = (await Azurite.SharedAsync()).NewHub(options => _faulty.In(options) with { MaxAttempts = 1, RequestTimeout = timeout });
        await hub.EnsureContainerAsync(Never);
        return hub;
    }
}
