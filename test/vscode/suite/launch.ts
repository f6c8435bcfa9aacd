export {}; // soon
