namespace Fanout.Infra.Tests;

/// <summary>Every setting that the app or its host reads in Azure.</summary>
internal static class AppSettings
{
    /// <summary>Read whatever keeps the orchestrations.</summary>
    public static IReadOnlyList<string> Always { get; } =
    [
        // The host, the queue triggers, and orchestrations that are kept in the storage account.
        "AzureWebJobsStorage__accountName",
        "AzureWebJobsStorage__credential",
        "AzureWebJobsStorage__clientId",

        // Azure.Identity: which of the app's identities Fanout's own storage clients are.
        "AZURE_CLIENT_ID",

        // The app.
        "Fanout__Storage",
        "Fanout__Hub",
        "Fanout__RetainFor",

        // Telemetry of host and worker.
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    ];

    /// <summary>Read beside those when a Durable Task Scheduler keeps the orchestrations.</summary>
    public static IReadOnlyList<string> WithScheduler { get; } =
    [
        "DURABLE_TASK_SCHEDULER_CONNECTION_STRING",
        "TASKHUB_NAME",
    ];
}
